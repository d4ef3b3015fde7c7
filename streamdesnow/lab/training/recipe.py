"""A training recipe: everything that decides how a model comes out, in one YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from streamdesnow.config.base import Section
from streamdesnow.config.explain import explain
from streamdesnow.config.parse import parse_yaml
from streamdesnow.config.problem import config_error
from streamdesnow.errors import ConfigError

__all__ = [
    "AdversarialRecipe",
    "CausalRecipe",
    "LossWeights",
    "Recipe",
    "StillRecipe",
    "load_recipe",
    "parse_recipe",
]

_SHIPPED = Path(__file__).parent / "recipes"


class LossWeights(Section):
    """Weights of the paper's loss, L = mse * MSE + perceptual * P + variation * TV."""

    mse: float = 1.0
    """Weight of the mean squared error, pixels in 0..1 (equation 1)."""
    perceptual: float = 10.0
    """Weight of the squared distance of VGG features (equation 2)."""
    variation: float = 0.0001
    """Weight of the total variation of the output (equation 3)."""


class _Recipe(Section):
    name: str
    """Name of the model that comes out."""
    start: Path | None = None
    """Checkpoint or model (name or folder) whose weights training begins with, instead of random ones."""
    learns: tuple[str, ...] = ()
    """Layers that learn while the others stay as they are, such as `head`; all if left out."""
    photos: tuple[Path, ...] = ()
    """Folders of clean photographs; snow is drawn on them while training."""
    side: int = Field(ge=32)
    """Width and height of training crops."""
    batch: int = Field(ge=1)
    """Crops or streams a step."""
    iterations: int = Field(ge=1)
    """Steps."""
    rate: float = Field(gt=0)
    """Adam's learning rate at its highest."""
    schedule: Literal["constant", "cosine"] = "cosine"
    """Course of the learning rate after the warm-up."""
    warmup: int = 200
    """Steps over which the learning rate rises."""
    average: float = Field(default=0.999, ge=0, lt=1)
    """Decay of the running mean of the weights, which is what is exported; 0 for none."""
    workers: int | None = Field(default=None, ge=0)
    """Processes that draw training data. Left out: one on a CPU; for a GPU all cores but one, at most 16."""
    seed: int = 1
    """Seed of weights and data."""
    validate_every: int = Field(default=500, ge=1)
    """Steps between validations on scenes that are never trained on."""


class CausalRecipe(_Recipe):
    """For networks with memory: streams of drawn scenes, back-propagation through time."""

    kind: Literal["causal"]
    """Selects this form."""
    clips: tuple[Path, ...] = ()
    """Recordings of fixed cameras without snow, files or folders, that scenes are cut from."""
    recorded: float = Field(default=0.5, ge=0, le=1)
    """Share of scenes that are cut from clips, where there are photos too."""
    width: int = 48
    """Channels at a quarter of the resolution."""
    deep: int = 80
    """Channels at an eighth."""
    blocks: tuple[int, int, int] = (1, 4, 1)
    """Residual blocks before, at and after the eighth."""
    carried: int = 32
    """Channels of features that are remembered."""
    hidden: int | None = Field(default=None, ge=1)
    """Channels inside the residual blocks at the eighth; left out, as many as `deep`."""
    rectified: bool = True
    """Whether residual blocks end in a ReLU; without it no channel between blocks can die in training."""
    motion: bool = False
    """Whether the last frame, moved to where everything is now, is among what the network chooses from."""
    pixelwise: bool = False
    """Whether pixels move the choice of their place by their own distances from what is remembered."""
    wake_every: int = Field(default=0, ge=0)
    """Steps between searches for channels in residual blocks that do nothing, to draw anew; 0: none."""
    window: int = Field(default=6, ge=1)
    """Frames that gradients flow back through."""
    length: tuple[int, int] = (18, 60)
    """Shortest and longest stream, after which memory starts from nothing."""
    moving: float = 0.5
    """Weight of the loss on moving pixels, scored apart."""
    replays: int = Field(default=1, ge=1)
    """How often a drawn scene is shown, mirrored and recoloured: drawing takes as long as learning."""
    harm: float = Field(default=0.0, ge=0)
    """Weight of making moving pixels clearly worse than they were in the input."""
    first: float = Field(default=0.0, ge=0)
    """Weight of the error on a frame with nothing remembered; costs one frame more a window."""
    residue: float = Field(default=0.0, ge=0)
    """Weight of the error of the frame and its residue where things move, whatever is chosen there."""
    expected: float = Field(default=0.0, ge=0)
    """Weight of the error of what was expected to be seen, where things move; needs `motion`."""
    choice: float = Field(default=0.0, ge=0)
    """Weight of how unlikely what is chosen at every pixel makes the truth; unlearns what is surely wrong."""
    stills: int = Field(default=0, ge=0)
    """Steps at the start in which nothing is remembered, as a network for stills is trained."""

    @model_validator(mode="after")
    def _has_scenes(self) -> Self:
        if not self.photos and not self.clips:
            raise ValueError("give folders of clean photographs (photos), or recordings without snow (clips)")
        return self

    @model_validator(mode="after")
    def _expects_with_motion(self) -> Self:
        if self.expected and not self.motion:
            raise ValueError("expected weighs what motion foresees: set motion: true, or leave expected out")
        return self


class _Pictures(_Recipe):
    dataset: Path | None = None
    """Folder in the layout of Snow100K, CSD or SRRS to take pairs from, instead of photos."""
    pairs: int | None = Field(default=None, ge=1)
    """So many pairs of the data set, chosen by chance; all if left out."""
    vgg: Path | None = None
    """Weights of the VGG features of the perceptual loss, a state dict; without it that loss is left out."""

    @model_validator(mode="after")
    def _has_pictures(self) -> Self:
        if not self.photos and self.dataset is None:
            raise ValueError("give folders of clean photographs (photos) or a data set of pairs (dataset)")
        return self


class StillRecipe(_Pictures):
    """For networks that see one picture."""

    kind: Literal["still"]
    """Selects this form."""
    net: Literal["paper", "still"] = "paper"
    """Network: the paper's, or the small one that ships."""
    loss: Literal["paper", "decibel"] = "paper"
    """`paper`: its three terms; `decibel`: the error in dB, so that light snow counts like heavy."""
    losses: LossWeights = LossWeights()
    """Weights of the paper's loss."""


class AdversarialRecipe(_Pictures):
    """For DeblurGAN: a generator that sees one picture, and a critic that is trained against it."""

    kind: Literal["adversarial"]
    """Selects this form."""
    net: Literal["deblurgan"] = "deblurgan"
    """Generator."""
    width: int = Field(default=64, ge=1)
    """Channels of the generator and the critic at their first convolution."""
    blocks: int = Field(default=9, ge=1)
    """Residual blocks of the generator."""
    loss: Literal["adversarial"] = "adversarial"
    """The critic's verdict (WGAN-GP) and the distance of VGG features."""
    content: float = 100.0
    """Weight of the distance of features; without `vgg`, of the squared error of pixels."""
    penalty: float = 10.0
    """Weight of the critic's gradient penalty."""
    critic_steps: int = Field(default=5, ge=1)
    """Steps of the critic for one of the generator."""


Recipe = CausalRecipe | StillRecipe | AdversarialRecipe

_FORMS: dict[str, type[_Recipe]] = {
    "causal": CausalRecipe,
    "still": StillRecipe,
    "adversarial": AdversarialRecipe,
}


class _Any(Section):
    recipe: Recipe = Field(discriminator="kind")


def parse_recipe(raw: object) -> Recipe:
    """A recipe from what its file holds.

    Raises:
        pydantic.ValidationError: it is wrong.
    """
    return _Any.model_validate({"recipe": raw}).recipe


def load_recipe(name_or_path: str) -> Recipe:
    """A recipe by the name of a shipped one or by path.

    Raises:
        ConfigError: no such recipe, or it is wrong; the message says where.
    """
    path = Path(name_or_path)
    if not path.is_file() and path.parent in (Path(), Path("recipes")):
        # Nothing in another folder: who mistypes that would train something else for hours.
        path = _SHIPPED / f"{path.name.removesuffix('.yaml')}.yaml"
    if not path.is_file():
        shipped = ", ".join(sorted(p.stem for p in _SHIPPED.glob("*.yaml")))
        raise ConfigError(f"{name_or_path}: no such recipe; shipped ones are {shipped}")
    try:
        document = parse_yaml(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as text: {error}") from error
    if document.problems:
        raise config_error(document.problems)
    try:
        return parse_recipe(document.value)
    except ValidationError as error:
        kind = document.value.get("kind") if isinstance(document.value, dict) else None
        raise config_error(explain(error, document, _FORMS.get(str(kind), CausalRecipe))) from error
