from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, passed, unknown


@check(
    "position_accuracy",
    catches="定位太粗，位置说明不了问题",
    trap="多数安卓相机不写定位精度；林下、楼旁的诚实定位也会超过 30 m",
    proves="通过说明设备自己认为定位够细；设备可以说大话，模拟定位常写固定的好精度",
    if_broken=Outcome.UNKNOWN,
)
def position_accuracy(
    case: Case, *, good_m: float = 15.0, warn_m: float = 30.0, unusable_m: float = 100.0
) -> Result:
    """The radius that the device itself gives for its position.

    Up to `good_m` good, up to `warn_m` fair, beyond it a warning, beyond `unusable_m` metres of no
    use (`on_parcel` then cannot pass).
    """
    threshold = {"good_m": good_m, "warn_m": warn_m, "unusable_m": unusable_m}
    accuracy = None if case.position is None else case.position.at.accuracy_m
    if accuracy is None:
        return unknown(
            "设备没有给出定位精度，按 20 m 误差估计；需要更确切时请用“拍照”按钮定位拍摄。",
            {},
            threshold,
        )
    measured = {"accuracy_m": round(accuracy, 1)}
    if accuracy <= warn_m:
        word = "良好" if accuracy <= good_m else "一般"
        return passed(
            f"定位精度 {accuracy:.0f} m，{word}（不超过 {warn_m:.0f} m）。", measured, threshold
        )
    what = "不可用" if accuracy > unusable_m else "偏粗"
    limit = unusable_m if accuracy > unusable_m else warn_m
    return unknown(
        f"定位精度 {accuracy:.0f} m，{what}（超过 {limit:.0f} m）；请到开阔处等定位稳定后重拍。",
        measured,
        threshold,
    )
