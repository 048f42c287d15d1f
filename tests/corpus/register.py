"""All kinds of the corpus, in the order in which they are shown."""

from tests.corpus.forged_files import FORGED_FILES
from tests.corpus.forged_runs import FORGED_RUNS
from tests.corpus.honest import HONEST
from tests.corpus.honest_runs import HONEST_RUNS
from tests.corpus.kinds import Kind
from tests.corpus.reuse import FORGED_REUSE, HONEST_REUSE
from tests.corpus.sets import FORGED_SETS, HONEST_SETS

KINDS: tuple[Kind, ...] = (
    *HONEST, *HONEST_RUNS, *HONEST_REUSE, *HONEST_SETS, *FORGED_FILES, *FORGED_RUNS, *FORGED_REUSE, *FORGED_SETS,
)  # fmt: skip
