"""抽查与回头看: who is looked at again is drawn by lot, so that anybody can repeat the draw."""
