"""From a network to an engine: parser, profiles, builder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streamdesnow.engines.network import check_names
from streamdesnow.engines.tensorrt.library import Library
from streamdesnow.engines.tensorrt.profiles import Profile
from streamdesnow.errors import EngineFailed, EngineUnavailable
from streamdesnow.models.folder import ModelFolder
from streamdesnow.models.manifest import StateSpec, TensorSpec

__all__ = ["Built", "ParsedNetwork", "build", "parse"]

Capability = tuple[int, int]

_DTYPES = {"uint8": "UINT8", "float16": "HALF", "float32": "FLOAT"}


@dataclass(frozen=True, slots=True)
class Built:
    """What a build leaves.

    Attributes:
        plan: the engine, serialised.
        timing: how long which kernel took, serialised: the next build need not measure it again.
    """

    plan: bytes
    timing: bytes


@dataclass(frozen=True, slots=True)
class ParsedNetwork:
    """A network as the library understood it. Builder and parser own what the network is made of."""

    builder: Any
    network: Any
    parser: Any


def parse(library: Library, model: ModelFolder, network: bytes) -> ParsedNetwork:
    """Read the network and see that its inputs and outputs are those of the card, in name and type.

    Args:
        network: serialised ONNX, see `prepare`.

    Raises:
        EngineUnavailable: the parser does not take it; says which node.
        ModelCorrupt: its inputs or outputs are others than the card's.
    """
    trt = library.module
    builder = trt.Builder(library.logger)
    # Always on from TensorRT 11, and all there is in TensorRT for RTX; asked for on TensorRT 10.
    parsed = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = trt.OnnxParser(parsed, library.logger)
    if not parser.parse(network):
        problems = [parser.get_error(number) for number in range(parser.num_errors)]
        said = "; ".join(
            f"{problem.node_operator()} {problem.node_name()}: {problem.desc().splitlines()[0]}"
            for problem in problems
        )
        raise EngineUnavailable(f"{library.name} cannot read {model.onnx}: {said or library.failure()}")
    inputs = {tensor.name: tensor for tensor in map(parsed.get_input, range(parsed.num_inputs))}
    outputs = {tensor.name: tensor for tensor in map(parsed.get_output, range(parsed.num_outputs))}
    check_names(model, inputs, outputs)
    card = model.card
    _check_types(library, model, inputs, {card.input.name: card.input, **{s.input: s for s in card.states}})
    _check_types(
        library, model, outputs, {card.output.name: card.output, **{s.output: s for s in card.states}}
    )
    return ParsedNetwork(builder, parsed, parser)


def build(
    library: Library,
    parsed: ParsedNetwork,
    profiles: Sequence[Profile],
    *,
    timing: bytes = b"",
    capabilities: Sequence[Capability] = (),
) -> Built:
    """Build an engine: seconds with TensorRT for RTX, minutes with TensorRT.

    Args:
        parsed: from `parse`.
        profiles: shapes to build for.
        timing: from an earlier build; what cannot be read is ignored.
        capabilities: compute capabilities to build for, where the library lets one choose; empty for its
            default.

    Raises:
        EngineFailed: the library cannot; says what it said.
    """
    trt = library.module
    config = parsed.builder.create_builder_config()
    for profile in profiles:
        config.add_optimization_profile(_profile(parsed.builder, profile))
    # Work can be recorded as a CUDA graph only where the engine allocates nothing while it runs.
    if hasattr(trt.BuilderFlag, "REQUIRE_USER_ALLOCATION"):
        config.set_flag(trt.BuilderFlag.REQUIRE_USER_ALLOCATION)
    _choose(library, config, capabilities)
    # TensorRT for RTX measures where engines run, not where they are built.
    cache = None if library.portable else _timing_cache(config, timing)
    plan = parsed.builder.build_serialized_network(parsed.network, config)
    if plan is None:
        raise EngineFailed(f"{library.name} {library.version} cannot build the engine: {library.failure()}")
    return Built(bytes(plan), bytes(cache.serialize()) if cache is not None else b"")


def _profile(builder: Any, profile: Profile) -> Any:
    made = builder.create_optimization_profile()
    for name, best in profile.best.items():
        made.set_shape(name, profile.smallest[name], best, profile.largest[name])
    return made


def _choose(library: Library, config: Any, capabilities: Sequence[Capability]) -> None:
    if capabilities and library.portable:
        known = library.module.ComputeCapability
        config.num_compute_capabilities = len(capabilities)
        for number, (major, minor) in enumerate(capabilities):
            config.set_compute_capability(getattr(known, f"SM{major}{minor}"), number)


def _timing_cache(config: Any, timing: bytes) -> Any:
    """The cache that the build will use; an empty one where `timing` is not one of this library's."""
    for content in (timing, b""):
        cache = config.create_timing_cache(content)
        if cache is not None and config.set_timing_cache(cache, ignore_mismatch=False):
            return cache
    return None


def _check_types(
    library: Library, model: ModelFolder, found: dict[str, Any], expected: dict[str, TensorSpec | StateSpec]
) -> None:
    for name, spec in expected.items():
        wanted = getattr(library.module.DataType, _DTYPES[spec.dtype])
        if found[name].dtype != wanted:
            raise EngineUnavailable(
                f"{library.name} reads {name} of {model.onnx} as {found[name].dtype}, "
                f"model.yaml says {spec.dtype}"
            )
