"""Other systems: changes go out by the outbox, each once in effect and in order; answers come
back. `outbox` keeps what is on its way, `channels` lists the lines, `worker` works through them,
`answers` takes what the others say, `deciding` is for what only a person may settle."""
