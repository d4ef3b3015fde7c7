"""Doctor describes processor, graphics card, memory and libraries."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

from streamdesnow.doctor.finding import Level
from streamdesnow.doctor.libraries import library_findings
from streamdesnow.doctor.machine import cpu_finding, gpu_finding, memory_finding
from streamdesnow.engines.gpu import Gpu

XEON = (
    "model name\t: Intel(R) Xeon(R)\nflags\t\t: fpu avx2 avx512f avx512_vnni avx512_bf16 amx_bf16 amx_int8\n"
)
OLD = "model name\t: Core i5\nflags\t\t: fpu avx2\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd i8mm bf16\n"


def test_instructions_that_matter_are_named(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(XEON)
    finding = cpu_finding(path)
    assert finding.level is Level.GOOD
    assert "Intel(R) Xeon(R)" in finding.text
    assert "AMX bf16, AMX int8, AVX512_BF16, AVX512_VNNI" in finding.text


def test_a_processor_without_bf16_is_told_what_to_expect(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(OLD)
    finding = cpu_finding(path)
    assert finding.level is Level.NOTE
    assert "several times slower" in finding.advice


def test_arm_processors_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(ARM)
    finding = cpu_finding(path)
    assert finding.level is Level.GOOD
    assert "bf16, int8 matrices, NEON" in finding.text


def test_a_machine_that_tells_nothing_is_no_error(tmp_path: Path) -> None:
    assert "unknown model" in cpu_finding(tmp_path / "none").text
    assert list(memory_finding(tmp_path / "none", tmp_path / "none")) == []


def test_gpus_are_described() -> None:
    gpu = Gpu("NVIDIA RTX 4070", "580.1", 8 * 2**30)
    assert gpu_finding(lambda device: gpu).text == "NVIDIA RTX 4070, driver 580.1, 8.0 GiB free"
    assert gpu_finding(lambda device: None).level is Level.ABSENT


def test_memory_and_the_containers_limit_are_told(tmp_path: Path) -> None:
    meminfo, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    meminfo.write_text("MemTotal:       8388608 kB\nMemFree:  1 kB\nMemAvailable:    524288 kB\n")
    limit.write_text("1073741824\n")
    memory, container = memory_finding(meminfo, limit)
    assert (memory.level, memory.text) == (Level.NOTE, "0.5 GiB free of 8.0 GiB")
    assert container.text == "limited to 1.0 GiB of memory"
    limit.write_text("max\n")
    assert len(list(memory_finding(meminfo, limit))) == 1


def test_what_is_not_installed_is_no_problem_and_names_its_extra() -> None:
    def installed(name: str) -> str:
        if name == "openvino":
            raise PackageNotFoundError(name)
        return "1.2.3"

    found = {finding.subject: finding for finding in library_findings(installed)}
    assert found["onnxruntime"].text == "1.2.3"
    assert found["openvino"].level is Level.ABSENT
    assert "streamdesnow[cpu]" in found["openvino"].advice
