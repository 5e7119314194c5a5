"""An exported reader -> its weights in full precision, to go on training from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch


def exported_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The parameters of ``folder``'s reader.onnx (int8, as ``export.py`` writes it), by name.

    Each is within half a step of its 8 bits of what was exported.
    """
    graph = onnx.load(str(folder / "reader.onnx")).graph
    stored = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    whole = {name: array for name, array in stored.items() if name.endswith((".weight", ".bias"))}
    for name in stored:
        if name.endswith(".weight_quantized"):
            name = name.removesuffix("_quantized")
            whole[name] = _restored(stored, name)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            parameter = node.name.removesuffix("/MatMul_quant").removeprefix("/")
            parameter = parameter.removeprefix("encoder/").replace("/", ".") + ".weight"
            if not parameter.startswith("heads"):
                parameter = "encoder." + parameter
            whole[parameter] = _restored(stored, node.input[1].removesuffix("_quantized")).T
    return {name: torch.from_numpy(array.copy()) for name, array in whole.items()}


def _restored(stored: dict[str, np.ndarray], name: str) -> np.ndarray:
    levels = stored[f"{name}_quantized"].astype(np.float32)
    return (levels - stored[f"{name}_zero_point"]) * stored[f"{name}_scale"]
