"""Who makes phones: data for the checks that ask of a phone's file what they ask of no other.

Compact cameras, drones and scanners write fractions and layouts of their own kinds (half of those
met in public sample sets look "odd"), so such checks hold only for files that name a phone.
"""

import re
from functools import lru_cache

from photos.evidence import Evidence

PHONE_MAKERS = (
    "Apple", "HUAWEI", "HONOR", "Xiaomi", "Redmi", "POCO", "OPPO", "OnePlus", "realme", "vivo", "iQOO",
    "samsung", "Google", "LGE", "LG Electronics", "Motorola", "HMD Global", "Nokia", "HTC", "Meizu", "ZTE",
    "nubia", "Lenovo", "MEITU", "smartisan", "Coolpad", "LeMobile", "LeEco", "Letv", "GIONEE", "TECNO",
    "INFINIX", "Asus", "Sony Ericsson", "Nothing", "TCL", "Hisense", "TRANSSION", "Black Shark", "koobee",
)  # fmt: skip
"""As they write themselves into Make. Ours, from files met and from the brands sold in China; to be
added to. Sony and Samsung Techwin also make cameras and are left out where only Make could tell."""

_MOST = 100  # characters of a name that are looked at
_PHONE = re.compile(
    rf"(?:{'|'.join(re.escape(name) for name in PHONE_MAKERS)})(?![a-z])(?!\s*techwin)",
    re.IGNORECASE,
)


def names_a_phone(evidence: Evidence) -> bool:
    """Whether the file says that a phone took it.

    A file that names no maker is none of a phone: absent stays absent.
    """
    return _is_a_phones((evidence.text("Make") or "").strip()[:_MOST])


@lru_cache(maxsize=256)
def _is_a_phones(make: str) -> bool:
    return _PHONE.match(make) is not None
