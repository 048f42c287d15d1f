"""Every setting, declared once: name, default, unit, help. The environment is read once."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from field_app.addresses import INSIDE, LOOPBACK, address_of, model_address, within
from field_app.problems import UNSAFE_CONFIGURATION
from models.geo import Box
from models.vocabulary import EntryState

ROOT = Path(__file__).resolve().parent.parent
_DATABASES = frozenset({"sqlite", "postgres", "postgresql", "postgresql+psycopg"})
_PACKAGES = ("field_app", "pages", "models", "photos", "tests")
WEBHOOK_KEY_MIN = 24  # characters
_MAILBOX = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")


class Settings(BaseSettings):
    """The table. Each name is an environment variable; `THRESHOLDS__CHECK__NAME` sets a
    threshold of a photo check, whose defaults and units stand with the check."""

    # What was given is not repeated in an error: it may be a password or a key.
    model_config = SettingsConfigDict(
        env_nested_delimiter="__", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Field(Path("data"), description="数据目录：数据库、照片都在这里")
    database_url: str = Field("", description="数据库地址；空则为数据目录下的 SQLite")
    photo_store: str = Field(
        "", description="照片库：目录或 s3://桶/前缀；空则为数据目录下的 photos"
    )
    public_url: str = Field(
        "", description="用户访问的地址，如 https://hecha.example；手机需要 https"
    )
    allow_plain_http: bool = Field(
        False, description="允许在非本机地址上不加密地提供服务（仅限内网试用）"
    )
    trust_proxy: bool = Field(False, description="前面有反向代理，采信其 X-Forwarded-For")

    county_code: str = Field("411321", pattern=r"^\d{6}$", description="县级行政区代码")
    county_name: str = Field("南召县", description="县名")
    county_box: tuple[float, float, float, float] = Field(
        (111.90, 33.15, 112.92, 33.80), description="县域外包框：西、南、东、北（度）"
    )

    session_idle_hours: float = Field(72, gt=0, description="多久不用就要重新登录（小时）")
    session_max_days: float = Field(14, gt=0, description="一次登录最长有效（天）")
    tries_per_account: int = Field(5, ge=1, description="同一账号同一地址连续输错几次后锁定")
    tries_per_address: int = Field(50, ge=1, description="同一地址（可能是一个单位）输错几次后锁定")
    lock_minutes: float = Field(15, gt=0, description="锁定多久（分钟）")

    photo_max_mb: float = Field(50, gt=0, description="单张照片上限（MB）")
    code_online_minutes: float = Field(10, gt=0, description="在线一次性码有效多久（分钟）")
    code_offline_hours: float = Field(72, gt=0, description="离线一次性码有效多久（小时）")
    photo_late_hours: float = Field(
        24, gt=0, description="采集记录到了、照片没到，多久以后请督导过问（小时）"
    )
    import_max_mb: float = Field(300, gt=0, description="导入文件上限（MB）")
    near_m: float = Field(5000, gt=0, description="“附近任务”的半径（米）")
    four_sides_above_mu: float = Field(10, gt=0, description="大于多少亩须拍四个方向（亩）")
    rectify_days: int = Field(30, ge=1, description="整改期限的默认天数（工作日）")
    decide_days: int = Field(
        5, ge=1, description="核实线索、审批销号应在几个工作日内办理（工作日）"
    )
    same_place_m: float = Field(
        30, gt=0, description="整改前后两张照片的站位相距不超过多少算同一站位（米）"
    )
    same_heading_deg: float = Field(
        45, gt=0, le=180, description="整改前后两张照片的镜头朝向相差不超过多少算同一站位（度）"
    )

    model_url: str = Field(
        "",
        description="语言模型服务的地址（OpenAI 兼容），如 https://model.example/v1；空则不用模型",
    )
    model_key: SecretStr = Field(SecretStr(""), description="语言模型服务的密钥；本机或内网可不设")
    model_name: str = Field("", description="语言模型的名称")
    model_timeout_s: float = Field(4, gt=0, le=30, description="等模型回答最多多久（秒）")
    model_plain_http: bool = Field(False, description="允许不加密地连接本机和内网以外的语言模型")
    model_sees_photos: bool = Field(
        False, description="把照片缩小、去掉元数据后也发给语言模型；默认只发对话文字"
    )

    sync_url: str = Field("", description="县里其他系统接收变更的地址（https，或本机）；空则不发")
    sync_key: SecretStr = Field(SecretStr(""), description="发给对方的凭据")
    sync_key_header: str = Field(
        "Authorization",
        pattern=r"^[A-Za-z][A-Za-z0-9-]{0,39}$",
        description="放凭据的请求头；Authorization 时写成 Bearer 凭据",
    )
    sync_answers_url: str = Field("", description="定时去问对方答复的地址；空则不问")
    sync_poll_s: float = Field(300, ge=1, description="多久问一次答复（秒）")
    sync_timeout_s: float = Field(10, gt=0, le=60, description="等对方回答最多多久（秒）")
    sync_folder: str = Field("", description="以文件交换的目录（对方取文件、放回执）；空则不用")
    sync_webhook_key: SecretStr = Field(
        SecretStr(""), description="对方推送答复时签名用的密钥；空则不接受推送"
    )
    sync_states: dict[str, EntryState] = Field(
        default_factory=dict, description='对方的状态用词对应本系统的状态，如 {"已办结": "已销号"}'
    )

    office_key: SecretStr = Field(
        SecretStr(""),
        description="县办签名私钥（封存证据包）：PEM 文件的路径，或 PEM 的 base64；空则为数据目录下的 "
        "office-key.pem",
    )

    remind_from: int = Field(9, ge=0, le=23, description="每天几点起发提醒（北京时间，工作日）")
    remind_until: int = Field(17, ge=1, le=24, description="每天几点以后不再生成提醒（北京时间）")
    mail_host: str = Field(
        "", pattern=r"^[A-Za-z0-9.:-]*$", description="发提醒邮件的服务器；空则不发邮件"
    )
    mail_port: int = Field(465, ge=1, le=65535, description="邮件服务器的端口")
    mail_tls: Literal["ssl", "starttls", "none"] = Field(
        "ssl", description="邮件线路的加密：ssl、starttls；none 只用于本机和内网"
    )
    mail_user: str = Field("", description="登录邮件服务器的账号；空则不登录")
    mail_password: SecretStr = Field(SecretStr(""), description="登录邮件服务器的密码或授权码")
    mail_from: str = Field(
        "", pattern=r"^([^@\s,<>]+@[^@\s,<>]+)?$", description="提醒邮件的发件地址"
    )
    mail_to: dict[str, str] = Field(
        default_factory=dict,
        description='各单位收提醒的邮箱，如 {"留山镇人民政府": "a@b.example", "*": "c@b.example"}；'
        "几个用英文逗号隔开，“*”是没有另写的单位",
    )
    robot_url: SecretStr = Field(
        SecretStr(""),
        description="群机器人的地址（企业微信、钉钉；https）；空则不用。安全设置用关键词“台账提醒”",
    )

    thresholds: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="照片检查的阈值，见 photos/CHECKS.md"
    )
    set_thresholds: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="成套证据检查的阈值，见 photos/SET_CHECKS.md"
    )

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, value: str) -> str:
        # What was given is not repeated: it contains a password.
        wrong = "写法不对，应如 postgresql://用户:密码@主机/库名；留空则使用数据目录下的 SQLite"
        try:
            driver = make_url(value).drivername if value else "sqlite"
        except (ArgumentError, ValueError):
            raise ValueError(wrong) from None
        if driver not in _DATABASES:
            raise ValueError(f"不支持 {driver}；{wrong}")
        return value

    @field_validator("photo_store")
    @classmethod
    def _a_store(cls, value: str) -> str:
        if "://" in value and not value.startswith("s3://"):
            raise ValueError("照片库只能是目录，或 s3://桶/前缀")
        return value

    @field_validator("model_key", "sync_key", "sync_webhook_key")
    @classmethod
    def _a_key(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value().strip()
        if not all("!" <= c <= "~" for c in key):
            raise ValueError("密钥里只能有英文字母、数字和符号，不能有空格和换行")
        return SecretStr(key)

    @model_validator(mode="after")
    def _a_whole_model(self) -> "Settings":
        if not self.model_url:
            if self.model_name or self.model_key.get_secret_value() or self.model_sees_photos:
                raise ValueError("设了其他 MODEL_ 变量却没有设 MODEL_URL；不用语言模型就都不要设")
            return self
        scheme, inside = model_address(self.model_url)
        if scheme == "http" and not inside and not self.model_plain_http:
            raise ValueError(
                "MODEL_URL 要用 https://：现场的话和密钥不能明文发到本机和内网 IP 以外；确认线路"
                "安全时可设 MODEL_PLAIN_HTTP=1"
            )
        if not self.model_name:
            raise ValueError("设了 MODEL_URL 还要设 MODEL_NAME（模型的名称）")
        if not inside and not self.model_key.get_secret_value():
            raise ValueError("MODEL_URL 不在本机或内网，还要设 MODEL_KEY（密钥）")
        return self

    @field_validator("sync_url", "sync_answers_url")
    @classmethod
    def _a_safe_line(cls, value: str) -> str:
        if value:
            scheme, host = address_of(
                value,
                "写法不对，应如 https://system.example/changes，不带账号、? 和 #；凭据设在 SYNC_KEY",
            )
            if scheme == "http" and not within(host, LOOPBACK):
                raise ValueError("要用 https://：台账内容和凭据不能明文离开本机")
        return value

    @field_validator("sync_webhook_key")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < WEBHOOK_KEY_MIN:
            raise ValueError(f"密钥至少 {WEBHOOK_KEY_MIN} 个字符，请用随机生成的")
        return value

    @model_validator(mode="after")
    def _a_whole_line(self) -> "Settings":
        if not self.sync_url and (self.sync_answers_url or self.sync_key.get_secret_value()):
            raise ValueError("设了 SYNC_ANSWERS_URL 或 SYNC_KEY，却没有设 SYNC_URL")
        return self

    @field_validator("robot_url")
    @classmethod
    def _a_safe_robot(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value().strip()
        if url:
            # Its key stands behind the ?, which is no part of the address proper.
            scheme, host = address_of(
                url.partition("?")[0], "写法不对，应是机器人给出的 https 地址"
            )
            if scheme == "http" and not within(host, LOOPBACK):
                raise ValueError("要用 https://：地址里有机器人的密钥")
            if not url.isprintable() or " " in url or "#" in url:
                raise ValueError("写法不对，应是机器人给出的 https 地址")
        return SecretStr(url)

    @model_validator(mode="after")
    def _a_whole_mail(self) -> "Settings":
        if not self.mail_host:
            if self.mail_to or self.mail_from or self.mail_user:
                raise ValueError("设了其他 MAIL_ 变量却没有设 MAIL_HOST；不发邮件就都不要设")
        elif not self.mail_from or not self.mail_to:
            raise ValueError(
                "设了 MAIL_HOST 还要设 MAIL_FROM（发件地址）和 MAIL_TO（各单位的邮箱）"
            )
        elif self.mail_tls == "none" and not within(self.mail_host, INSIDE):
            raise ValueError("MAIL_TLS=none 只用于本机和内网 IP；请用 ssl 或 starttls")
        elif not all(
            _MAILBOX.fullmatch(a.strip()) for to in self.mail_to.values() for a in to.split(",")
        ):
            raise ValueError("MAIL_TO 里有不像邮箱的地址")
        if self.remind_from >= self.remind_until:
            raise ValueError("REMIND_FROM 要早于 REMIND_UNTIL")
        return self

    @model_validator(mode="after")
    def _outside_the_source(self) -> "Settings":
        for path in (self.data_dir, self.store_folder):
            if path is not None and any(path.is_relative_to(ROOT / name) for name in _PACKAGES):
                raise ValueError(
                    f"数据不能放在程序目录里：{path}。请把 DATA_DIR 或 PHOTO_STORE 设到别处"
                )
        return self

    @property
    def store_folder(self) -> Path | None:
        """The local photo folder, or None where photos go to S3."""
        if self.photo_store.startswith("s3://"):
            return None
        return Path(self.photo_store).resolve() if self.photo_store else self.data_dir / "photos"

    @property
    def store_url(self) -> str:
        return self.photo_store if self.store_folder is None else str(self.store_folder)

    @property
    def database(self) -> str:
        """The SQLAlchemy URL; plain `postgres://` addresses get their driver."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'field.db'}"
        for plain in ("postgres://", "postgresql://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @property
    def county(self) -> Box:
        return Box(*self.county_box)

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; a wrong one is refused with its name and what to do."""
    try:
        return Settings()
    except SettingsError as error:  # its own text says what was given, and where it looked
        named = re.search(r'field "(\w+)"', str(error))
        name = named[1].upper() if named else "设置"
        raise UNSAFE_CONFIGURATION(what=f"{name}：要写成 JSON") from None
    except ValidationError as error:
        lines = [
            f"{'__'.join(str(p) for p in e['loc']).upper() or '设置'}：{e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        ]
        raise UNSAFE_CONFIGURATION(what="；".join(lines)) from error
