"""The page of advice that goes with every form: what an office may change, and how."""

from field_app.forms.definition import Kind
from field_app.forms.xlsform.choices import MOST_CHOICES
from field_app.forms.xlsform.core import SHORTENED
from field_app.forms.xlsform.judging import MOST_OWN
from field_app.forms.xpath import ADDED, STANDARD

KINDS = {
    Kind.SELECT_ONE: "单选，写成“select_one 列表名”，列表写在 choices 表",
    Kind.SELECT_MULTIPLE: "多选，写成“select_multiple 列表名”；选项的值里不能有空格",
    Kind.TEXT: "文字",
    Kind.INTEGER: "整数",
    Kind.DECIMAL: "数字，可带小数",
    Kind.DATE: "日期",
    Kind.NOTE: "只给人看的话，不用回答",
    Kind.HIDDEN: "系统填写的地块和任务信息，不能增加",
}
Lines = list[tuple[str, str]]


def advice() -> list[tuple[str, Lines]]:
    """(title, (word, sentence)…) of each part of the page."""
    lists = "、".join(SHORTENED)
    kinds: Lines = [(kind.value, what) for kind, what in KINDS.items()]
    return [
        (
            "怎么用",
            [
                ("1", "这是实地核查的表单，格式是 XLSForm 标准（xlsform.org），用 Excel 或 WPS 改。"),
                ("2", "改好后把 settings 表的 version 换成新的，例如 2026112202，再上传。"),
                ("3", "上传后先看检查结果：哪个单元格不对、怎么改，都会写出来；改到没有问题才能启用。"),
                ("4", "启用后新开始的核查用新表单；已经开始的和已经提交的仍用原来的，不受影响。"),
                ("5", "第 1 行的列名不要改。单元格请保持文本格式，否则 0103 会变成 103。"),
            ],
        ),
        (
            "可以改的",
            [
                ("文字", "题目（label）、提示（hint）、出错时的话（constraint_message）、选项的文字。"),
                ("顺序和分组", "整行移动；begin_group 到 end_group 之间是一节，label 是节的标题。"),
                ("默认值", "default 写固定的值，或 ${last-saved#题目名}，取上一次核查的答案。"),
                ("选项", f"列表 {lists} 可以删去本县没有的选项。"),
                ("说法", "say 列：见下面“say 列”。"),
                ("增加题目", f"最多 {MOST_OWN} 道；选项合计最多 {MOST_CHOICES} 个。"),
            ],
        ),
        (
            "不能改的",
            [
                ("原有的题目", "台账和照片核验要用：不能删除，不能改名字（name）和题型（type）。"),
                ("原有的规则", "原有题目的 required、relevant、constraint、choice_filter 保持原样。"),
                ("原有的选项", "不能给原有的列表加新的值；自己的题目请另建列表。"),
            ],
        ),
        (
            "怎么加一道题",
            [
                ("1", "在 survey 表要放的位置插入一行；type 写题型，name 写英文名字，label 写题目。"),
                ("2", "单选、多选：在 choices 表末尾写选项，list_name 相同的几行是一个列表。"),
                ("3", "必填：required 写 yes。只在某种情况下才问：relevant 写条件，"
                      "例如 ${has_problem} = '是'；条件只能引用排在上面的题。"),
                ("4", "限制答案：constraint 写条件，“.”是填的答案，例如 . >= 0 and . <= 100；"
                      "constraint_message 写不合条件时显示的话。"),
                ("5", "选项随别的题变化：choice_filter 写条件，例如 category = ${category}，"
                      "category 是 choices 表里的一列。"),
                ("例", "type：select_one yes_no　name：has_well　label：地块内有没有机井　required：yes"),
            ],
        ),
        ("支持的题型（type）", kinds),
        (
            "条件里能用的",
            [
                ("运算", "=　!=　<　<=　>　>=　+　-　*　div　mod　and　or，括号；文字用英文引号括起来。"),
                ("标准函数", "、".join(STANDARD)),
                ("另加的函数", "、".join(ADDED)),
                ("多选题", "selected(${题目名}, '值')：选了没有；count-selected(${题目名})：选了几个。"),
                ("日期", ". <= today()；${begun} >= '2026-01-01'；today() - 7 是七天前。"),
                ("regex", "regex(., '1[3-9][0-9]{9}')：整个答案符合；写法不能有 (?=…)、(?!…) 和 \\1。"),
            ],
        ),
        (
            "say 列",
            [
                ("用处", "用对话填表时，核查员平时怎么说这道题、这个选项。几种说法用 | 隔开。"),
                ("例", "选项“坑塘水面”的 say：水塘|堰塘|坑塘。核查员说“是个堰塘”，就记为坑塘水面。"),
                ("可以不写", "不写就只按 label 的文字听。say 是本系统的列，别的 XLSForm 程序不用它。"),
            ],
        ),
        (
            "不支持的",
            [
                ("题型", "重复组、组里套组、位置、照片、录音、录像、文件、计算、排序、滑块、时刻、扫码。"),
                ("照片", "照片在拍照部分拍，不作为题目。"),
                ("列", "calculation、trigger、parameters、read_only、repeat_count；"
                       "appearance、media、guidance_hint 等只影响别的程序，不采用。"),
            ],
        ),
    ]  # fmt: skip
