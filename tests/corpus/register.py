"""All kinds of the corpus, in the order in which they are shown."""

from tests.corpus.captures import FORGED_CAPTURES, HONEST_CAPTURES
from tests.corpus.forged_exif import FORGED_EXIF
from tests.corpus.forged_pictures import FORGED_PICTURES
from tests.corpus.forged_places import FORGED_PLACES
from tests.corpus.forged_runs import FORGED_RUNS
from tests.corpus.forged_times import FORGED_TIMES
from tests.corpus.honest import HONEST
from tests.corpus.honest_handed_in import HONEST_HANDED_IN
from tests.corpus.honest_runs import HONEST_RUNS
from tests.corpus.kinds import Kind
from tests.corpus.reuse import FORGED_REUSE, HONEST_REUSE
from tests.corpus.sets import FORGED_SETS, HONEST_SETS

KINDS: tuple[Kind, ...] = (
    *HONEST, *HONEST_HANDED_IN, *HONEST_RUNS, *HONEST_REUSE, *HONEST_SETS, *HONEST_CAPTURES,
    *FORGED_PLACES, *FORGED_EXIF, *FORGED_TIMES, *FORGED_PICTURES,
    *FORGED_RUNS, *FORGED_REUSE, *FORGED_SETS, *FORGED_CAPTURES,
)  # fmt: skip
