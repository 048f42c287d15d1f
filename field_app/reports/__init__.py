"""周报, 月调度, 阶段性报告 and 看板: figures defined once, and the papers made of them."""
