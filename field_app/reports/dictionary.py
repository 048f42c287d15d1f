"""The table of definitions as a page of the docs:
`python -m field_app.reports.dictionary > docs/figures.md`."""

import sys

from field_app.reports.figures import FIGURES, About
from field_app.reports.overview import RANKING

_HEAD = """# 统计口径

本页由 `field_app/reports/figures.py` 的定义生成，请勿手改：
`python -m field_app.reports.dictionary > docs/figures.md`。
周报、月调度、阶段性报告和“看板”用的都是这些数，算法只有一处，同一天的数处处相同。

- **截至统计时点**：看条目在统计期最后一刻的样子；那以后的变化不算。最后一天没过完的，看到生成时为止。
- **统计期内**：看那几天里办了什么；到统计期末已被“撤销上一步”撤回的不算。同一条目办了几次，只计一条。
- 过去某天的数由条目的经过（每一步的旧值和新值）还原，所以上周的周报今天再做一遍，数还是那些数。
- 一条问题有几个责任单位的，各单位分别计，各单位之和可以大于合计；没有责任单位的列为“责任单位未定”。
- 没有乡镇的条目列为“未定乡镇”，不属于任何工作组的乡镇注明“未分片”，都计入合计。
"""


def page() -> str:
    """The page as it must stand in the docs."""
    parts = [_HEAD]
    for about in About:
        parts.append(f"\n## {about}\n\n| 名称 | 单位 | 定义 | 代号 |\n| --- | --- | --- | --- |\n")
        parts += [
            f"| {f.name} | {f.unit} | {f.says} | `{f.id}` |\n" for f in FIGURES if f.about == about
        ]
    parts.append(f"\n## 乡镇排名\n\n{RANKING}\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
