"""Every refusal of the product, declared once.

A refusal is raised as a `Problem`. A page shows its `message`; the HTTP routes answer it as
Problem Details (RFC 9457) with the stable `id`; the command line prints the message. `retry`
tells a client whether sending the same thing again may help.
"""

from dataclasses import dataclass, field
from typing import Any


class Problem(Exception):
    """A refusal with a message for the person and an id for the machine."""

    def __init__(self, kind: "Kind", /, **facts: Any) -> None:
        self.kind = kind
        self.facts = facts
        self.message = kind.says.format(**facts)
        super().__init__(self.message)

    @property
    def id(self) -> str:
        return self.kind.id

    def details(self, instance: str | None = None) -> dict[str, Any]:
        """The RFC 9457 body. Facts that JSON cannot carry are given as text."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.kind.id}",
            "id": self.kind.id,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.message,
            "retry": self.kind.retry,
        }
        if instance:
            body["instance"] = instance
        plain = (str, int, float, bool, list, dict, type(None))
        body["facts"] = {k: v if isinstance(v, plain) else str(v) for k, v in self.facts.items()}
        return body


@dataclass(frozen=True)
class Kind:
    """One declared refusal. Calling it makes the `Problem`: `raise NOT_FOUND(what="地块")`."""

    id: str
    title: str
    status: int
    says: str
    retry: bool = field(default=False)

    def __call__(self, /, **facts: Any) -> Problem:
        return Problem(self, **facts)


# --- who is it, and may they -----------------------------------------------------------------
SIGN_IN_NEEDED = Kind("sign-in-needed", "需要登录", 401, "请先登录。")
WRONG_SIGN_IN = Kind("wrong-sign-in", "登录失败", 401, "账号或密码不对，请检查后重试。")
TOO_MANY_TRIES = Kind(
    "too-many-tries", "尝试过多", 429, "登录失败次数过多，请 {minutes} 分钟后再试。", retry=True
)
PASSWORD_CHANGE_NEEDED = Kind(
    "password-change-needed",
    "须先修改密码",
    403,
    "您的密码是管理员设置的，请先在“账号”页改成自己的密码，再继续。",
)
NOT_ALLOWED = Kind("not-allowed", "没有权限", 403, "您的角色（{role}）不能{action}。")
NOT_YOURS = Kind("not-yours", "没有权限", 403, "这条记录不在您的职责范围内，不能{action}。")
WEAK_PASSWORD = Kind("weak-password", "密码太弱", 422, "密码不可用：{why}。")
NAME_TAKEN = Kind("name-taken", "账号已存在", 409, "账号“{name}”已存在，请换一个。")
BAD_NAME = Kind("bad-name", "账号不可用", 422, "账号“{name}”不可用：{why}。")
LINK_SPENT = Kind(
    "link-spent", "链接失效", 410, "这个一次性链接已用过或已过期，请重新启动服务以获取新链接。"
)
OTHER_PERSON = Kind(
    "other-person",
    "登录的是别人",
    409,
    "本机现在登录的是“{name}”，而这些内容是“{owner}”的，没有接收。请用“{owner}”的账号登录后再送。",
)
CROSS_SITE = Kind(
    "cross-site", "来源不符", 403, "请求不是从本系统页面发出的，已拒绝。请回到系统页面重试。"
)

# --- general ---------------------------------------------------------------------------------
ENGINE_DOWN = Kind("engine-down", "集群不可用", 503, "{what}", retry=True)
NOT_FOUND = Kind("not-found", "找不到", 404, "找不到{what}，可能已被删除或编号有误。")
BAD_INPUT = Kind("bad-input", "填写有误", 422, "{what}")
CHANGED_MEANWHILE = Kind(
    "changed-meanwhile",
    "内容已变化",
    409,
    "这条记录刚被别人或另一台设备改过。您填写的内容还在，请刷新查看后再保存。",
    retry=True,
)
UNSAFE_CONFIGURATION = Kind("unsafe-configuration", "配置不安全", 500, "配置有误，未启动：{what}")
BUSY = Kind("busy", "系统繁忙", 503, "系统正忙，请稍后再试；您的内容没有丢失。", retry=True)

# --- reading parcel files and the project list ----------------------------------------------
UNKNOWN_FORMAT = Kind(
    "unknown-format",
    "认不出的格式",
    415,
    "{file}：{what}。可导入：报备坐标 TXT、Shapefile（.shp/.shx/.dbf/.prj 打成一个 zip）、"
    "GeoPackage、GeoJSON、KML/KMZ、FileGDB（zip）。",
)
FILE_TOO_LARGE = Kind(
    "file-too-large", "文件太大", 413, "{file}：文件超过 {limit_mb} MB，请分成几个文件导入。"
)
FILE_BROKEN = Kind(
    "file-broken", "文件已损坏", 422, "{file}：{what}。请从原处重新导出或拷贝后再导入。"
)
NOT_TEXT = Kind(
    "not-text",
    "文字编码认不出",
    422,
    "{file}：既不是 UTF-8 也不是 GBK/GB18030 文字。请用记事本另存为 UTF-8 后再导入。",
)
NO_PARCELS = Kind("no-parcels", "没有地块", 422, "{file}：文件里没有地块。{hint}")
ARCHIVE_UNSAFE = Kind(
    "archive-unsafe",
    "压缩包不安全",
    422,
    "{file}：{what}，为安全起见没有解压。请重新打包后再导入。",
)
ARCHIVE_BROKEN = Kind(
    "archive-broken", "压缩包打不开", 422, "{file}：{what}。请在电脑上确认能解压后重新打成 zip。"
)
SHAPEFILE_INCOMPLETE = Kind(
    "shapefile-incomplete",
    "Shapefile 不完整",
    422,
    "{file}：缺少 {missing}。请把同名的 .shp、.shx、.dbf、.prj 一起打成一个 zip 再导入。",
)
CRS_NEEDED = Kind(
    "crs-needed",
    "需要指明坐标系",
    422,
    "{file}：{why}，无法确定坐标系。请查明后选择坐标系（命令行用 --crs，例如带号 37 为 EPSG:4525，"
    "带号 38 为 EPSG:4526）再导入；不要按所在县猜测。",
)
CRS_NOT_UNDERSTOOD = Kind(
    "crs-not-understood",
    "坐标系无法识别",
    422,
    "{file}：认不出坐标系“{crs}”。请给出 EPSG 代号，例如 EPSG:4525。",
)
CRS_CONTRADICTORY = Kind(
    "crs-contradictory", "坐标系自相矛盾", 422, "{file}：{what}。请向数据产生单位核实后改正文件。"
)
DATUM_NEEDS_PARAMETERS = Kind(
    "datum-needs-parameters",
    "需要先转换坐标系",
    422,
    "{file}：坐标系是“{crs}”，转换到 2000 国家大地坐标系需要当地的转换参数。"
    "请由测绘单位转换为 2000 国家大地坐标系后再导入。",
)
UNIT_NOT_METRES = Kind(
    "unit-not-metres", "计量单位不支持", 422, "{file}：计量单位是“{unit}”，只支持“米”或“度”。"
)
NOT_A_WORKBOOK = Kind(
    "not-a-workbook",
    "不是 Excel 文件",
    415,
    "{file}：{what}。请下载项目清单模板，填写后存为 .xlsx 再导入。",
)
HEADING_NOT_FOUND = Kind(
    "heading-not-found",
    "找不到表头",
    422,
    "{file}：没有找到项目清单的表头行，至少要有“项目备案编号”和“项目名称”两列。请对照模板检查。",
)

# --- a ledger that comes back ---------------------------------------------------------------------
NOT_OUR_LEDGER = Kind(
    "not-our-ledger",
    "不能导入",
    422,
    "{file}：{what}。请在“台账”页重新导出，在新导出的文件里修改后再导入；没有改动任何条目。",
)

# --- review and ledger -----------------------------------------------------------------------
WRONG_STATE = Kind(
    "wrong-state", "状态不符", 409, "{what}现在是“{state}”，不能{action}。请刷新页面查看最新状态。"
)
REASON_NEEDED = Kind("reason-needed", "需要说明理由", 422, "请写明{action}的理由，它会留在记录里。")
SECOND_PERSON_NEEDED = Kind(
    "second-person-needed",
    "须由他人审核",
    403,
    "这条记录是您本人核查的，须由另一名督导人员{action}。",
)
PHOTOS_UNDECIDED = Kind(
    "photos-undecided",
    "照片尚未判定",
    409,
    "{photos} 机器核验没有通过。请逐张写明理由选择“采信”或“不采信”，或者退回补拍，再确认。",
)
NO_PHOTO_STANDS = Kind(
    "no-photo-stands",
    "没有可采信的照片",
    409,
    "所引照片没有一张核验通过或被采信，不能确认。请退回补拍，或判定为不成立。",
)
ENTRY_INCOMPLETE = Kind(
    "entry-incomplete", "条目不完整", 422, "{action}之前，请先补全：{missing}。"
)
STEP_INCOMPLETE = Kind("step-incomplete", "还要填写", 422, "办理{action}，还要填写：{missing}。")
ANOTHER_PERSON_NEEDED = Kind(
    "another-person-needed",
    "须由他人办理",
    403,
    "您参与了这条问题的{hands}，不能再由您{action}，请交给另一名督导。",
)
HAD_A_HAND = Kind(
    "had-a-hand",
    "须派他人",
    409,
    "{names}参与过地块 {parcel} 先前的核查、整改或销号，不能再由他们去看。请派没有参与过的组或人。",
)
NOT_CLOSABLE = Kind("not-closable", "还不能销号", 409, "还不能销号：{list}。")
NOTHING_TO_UNDO = Kind(
    "nothing-to-undo", "不能撤销", 409, "不能撤销：{why}。如需更正，请按流程办理下一步。"
)

ATTACHMENT_REFUSED = Kind(
    "attachment-refused",
    "附件不能接收",
    415,
    "附件没有接收：{why}。可以交 PDF、Word（.docx）、Excel（.xlsx，不带宏）或 JPG，不超过 20 MB。",
)
SENT_ALREADY = Kind(
    "sent-already",
    "已经报送",
    409,
    "这一期已经报送，状态是“{state}”。要改动，请县专项整治办退回后重新报送。",
)

# --- photos over HTTP -------------------------------------------------------------------------
HASH_MISMATCH = Kind(
    "hash-mismatch",
    "内容与名称不符",
    422,
    "照片在传输中损坏：收到的内容与其校验码不一致，已丢弃。请重新上传同一张照片。",
    retry=True,
)
NOT_A_SHA256 = Kind(
    "not-a-sha256", "校验码格式不对", 422, "地址中的校验码应为 64 位小写十六进制的 SHA-256。"
)
PHOTO_TOO_LARGE = Kind(
    "photo-too-large", "照片太大", 413, "照片超过 {limit_mb} MB。请用手机原相机以普通画质重拍。"
)
EMPTY_PHOTO = Kind("empty-photo", "照片是空的", 422, "收到的照片没有内容，请重新拍摄或选择。")
EVIDENCE_DAMAGED = Kind(
    "evidence-damaged",
    "照片损坏",
    500,
    "照片 {sha256} 在照片库中缺失或已损坏。请联系管理员从备份恢复，不要重新上传顶替。",
)
NO_PREVIEW = Kind("no-preview", "无法显示", 422, "这张照片无法显示：{why}。可以下载原文件查看。")
CRASHED = Kind(
    "internal",
    "系统出错",
    500,
    "系统出错了，已记录。请稍后重试；若仍出错，请联系管理员。",
    retry=True,
)

# --- a visit and its photos ------------------------------------------------------------------
INCOMPLETE = Kind("incomplete", "还不能提交", 422, "还不能提交：{list}。")
NOT_OPEN = Kind(
    "not-open",
    "不能再修改",
    409,
    "这次核查的状态是“{state}”，不能再修改。如需更正，请联系督导退回。",
)
TASK_CLOSED = Kind("task-closed", "任务不能核查", 409, "{why}，不能再新建或提交核查。")
TASK_OPEN_ALREADY = Kind(
    "task-open-already",
    "已有同样的任务",
    409,
    "这个地块已安排了同样目的的新任务，原任务不能再打开。请改为“留存备查”，由新任务的核查引用这些照片。",
)
NO_SUCH_KIND = Kind(
    "no-such-kind", "照片种类有误", 422, "没有“{kind}”这种照片，请重新选择照片种类。"
)
RESHOOT_FIRST = Kind(
    "reshoot-first",
    "请先重拍",
    409,
    "督导要求重拍这张{kind}照片。请直接拍一张新的{kind}照片顶替它，不能只移除。",
)
TOO_MANY_PHOTOS = Kind(
    "too-many-photos", "照片太多", 409, "一次核查最多 {most} 张照片，请先删去拍坏的。"
)
BAD_CAPTURE = Kind(
    "bad-capture",
    "拍摄信息有误",
    422,
    "随照片送来的拍摄信息不合规（{what}）。请刷新页面后重新拍摄。",
)

# --- captures, devices and codes ---------------------------------------------------------------
BAD_KEY = Kind(
    "bad-key",
    "设备密钥不对",
    422,
    "设备的公钥格式不对，应为 P-256 公钥（SPKI，base64url）。请刷新外业页面后再试。",
)
KEY_TAKEN = Kind(
    "key-taken",
    "设备已属他人",
    409,
    "这把设备密钥已登记在另一个账号名下，不能共用。请在外业页面用您自己的账号重新登记本机。",
)
DEVICE_REVOKED = Kind(
    "device-revoked",
    "设备已停用",
    403,
    "这台设备已被停用，不能再领一次性码。要继续使用，请在外业页面重新登记本机；"
    "已拍的照片仍会送达并留存。",
)
TOO_MANY_DEVICES = Kind(
    "too-many-devices",
    "设备太多",
    409,
    "一个账号最多登记 {most} 台设备。请先在“我的”页停用不用的设备。",
)
NOT_A_UUID = Kind(
    "not-a-uuid", "编号格式不对", 422, "地址中的采集编号应为小写的 UUID（36 个字符）。"
)
CAPTURE_DIFFERS = Kind(
    "capture-differs",
    "与已收记录不同",
    409,
    "同一编号的采集记录已经收到，内容与这次送来的不同。先收到的那份保持不变；"
    "请刷新外业页面，这一次另编号重新送。",
)
BODY_TOO_LARGE = Kind("body-too-large", "内容太大", 413, "送来的内容超过 {limit_kb} kB，没有接收。")
NOT_JSON = Kind("not-json", "内容不是 JSON", 422, "送来的内容应为一个 JSON 对象（UTF-8）。")

# --- forms and chat -----------------------------------------------------------------------------
FORM_REFUSED = Kind(
    "form-refused",
    "表单不能启用",
    422,
    "表单文件有 {count} 处需要改正，没有启用。请按下面列出的单元格改好后再上传。",
)
FORM_VERSION_TAKEN = Kind(
    "form-version-taken",
    "版本号已用过",
    409,
    "版本号“{version}”已经用在另一份内容不同的表单上。请在 settings 表里换一个新的 version 再上传。",
)

# --- rules, and examining all photos again ------------------------------------------------------
RUN_OPEN_ALREADY = Kind(
    "run-open-already",
    "已有一次重新核验",
    409,
    "已有一次重新核验在进行或等待决定。请先启用、放弃或取消它，再开始新的一次。",
)

# --- other systems --------------------------------------------------------------------------------
BAD_SIGNATURE = Kind(
    "bad-signature",
    "签名不对",
    401,
    "签名、时间或密钥不对，没有采用。请核对密钥和时钟（相差不能超过 5 分钟）。",
)
BAD_ANSWERS = Kind("bad-answers", "答复不合规", 422, "{what}，没有采用。格式见接口说明。")
TOKEN_NEEDED = Kind(
    "token-needed", "需要令牌", 401, "请在请求中带上有效的访问令牌；令牌由本县管理员发放。"
)
OUT_OF_SCOPE = Kind("out-of-scope", "令牌无此权限", 403, "这个令牌不能读取{what}，请管理员另发。")
BAD_QUERY = Kind("bad-query", "查询参数有误", 400, "{what}")

# --- evidence packages ---------------------------------------------------------------------------
NO_OFFICE_KEY = Kind(
    "no-office-key",
    "还没有签名密钥",
    409,
    "还不能封存证据包：本系统还没有县办的签名密钥。请管理员在服务器上运行"
    " python -m field_app office-key，再把它给出的公钥指纹公布出去。",
)
OFFICE_KEY_UNUSABLE = Kind(
    "office-key-unusable",
    "签名密钥不能用",
    500,
    "县办的签名密钥不能用：{why}。请管理员检查 OFFICE_KEY，应是 Ed25519 私钥的 PEM 文件路径或其 base64。",
)
PACKAGE_TOO_LARGE = Kind(
    "package-too-large",
    "证据包太大",
    413,
    "证据包会超过 {limit_mb} MB，没有封存。请管理员把照片分开另行移交。",
)

# --- the demonstration county ------------------------------------------------------------------
DEMO_REFUSED = Kind(
    "demo-refused",
    "已有别的数据",
    409,
    "数据目录 {folder} 里已有别的数据，为避免与演示数据混在一起，没有装入。"
    "请把 DATA_DIR 设为一个新的目录再试，例如 DATA_DIR=./yanshi。",
)
DEMO_BUSY = Kind(
    "demo-busy",
    "正在装入",
    409,
    "另一个进程正在往 {folder} 装入演示数据，请等它结束。",
    retry=True,
)
