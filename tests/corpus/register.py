"""All kinds of the corpus, in the order in which they are shown."""

from tests.corpus.forged_files import FORGED_FILES
from tests.corpus.honest import HONEST
from tests.corpus.kinds import Kind

KINDS: tuple[Kind, ...] = (*HONEST, *FORGED_FILES)
