"""Trained weights -> the files that histqa ships: reader.onnx (int8) and tokenizer.json.

    python training/export.py RUN/reader.pt [RUN2/reader.pt ...] --encoder FOLDER [--layers 8]
        [--out src/histqa/readers/models/mpnet] [--precision int8]

Of several runs, each begun with the weights of another, the mean is exported (Wortsman et al. 2022,
"Robust fine-tuning of zero-shot models"); one that is given twice counts twice.
Weights of matrix products and of the word embeddings become 8-bit integers, by row or column;
activations are quantised as they come (dynamic quantisation of ONNX Runtime).
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from network import new_network
from onnxruntime.quantization import QuantType, quantize_dynamic
from train import minilm


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--encoder", type=Path, default=minilm(), help="as it was trained from")
    parser.add_argument("--layers", type=int, default=0, help="likewise")
    parser.add_argument("--out", type=Path, default=Path("src/histqa/readers/models/mpnet"))
    parser.add_argument("--precision", choices=["int8", "fp32"], default="int8")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    target = options.out / "reader.onnx"
    exact = target if options.precision == "fp32" else options.out / "reader-fp32.onnx"
    export(options.weights, options.encoder, options.layers, exact)
    if options.precision == "int8":
        quantize_dynamic(
            exact,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=False,
            op_types_to_quantize=["MatMul", "Gather"],
        )
        exact.unlink()
    onnx.checker.check_model(str(target))
    shutil.copy(options.encoder / "tokenizer.json", options.out / "tokenizer.json")
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


def export(weights: Sequence[Path], encoder: Path, layers: int, target: Path) -> None:
    """The network as ONNX in full precision, with rows and lengths of any number."""
    runs = [torch.load(path, map_location="cpu", weights_only=True) for path in weights]
    mean = {name: torch.stack([run[name] for run in runs]).mean(dim=0) for name in runs[0]}
    network = new_network(encoder, layers, attention="eager").eval()  # traces well
    network.load_state_dict(mean)
    ids = torch.from_numpy(np.arange(12, dtype=np.int64).reshape(1, 12))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if "token_type_ids" in network.inputs:
        inputs["token_type_ids"] = torch.zeros_like(ids)
    torch.onnx.export(
        network,
        tuple(inputs.values()),
        str(target),
        input_names=list(inputs),
        output_names=["logits"],
        dynamic_axes={name: {0: "row", 1: "token"} for name in [*inputs, "logits"]},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
