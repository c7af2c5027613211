"""What a run comes to: the adapter with what is known of it, and the record of how it was made."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from agent.model import Adapter, AdapterMetadata, file_sha256
from agent.model.train._identity import command_line, known_signatures
from agent.model.train._record import git_commit, write_record
from agent.model.train._rows import languages

if TYPE_CHECKING:
    from agent.model.train._checkpoint import Progress
    from agent.model.train._inputs import Inputs
    from agent.model.train._machine import Machine
    from agent.model.train._network import Network
    from agent.model.train._options import Options
    from agent.model.train._validation import Validation

ADAPTER = "adapter.safetensors"
RECORD = "run.json"


def make_adapter(network: Network, options: Options, inputs: Inputs, step: int, found: Validation) -> Adapter:
    """Return what the network has learnt by a step as an adapter; ``found`` is the validation there."""
    tensors = {name: value.detach().numpy() for name, value in network.trainable.items()}
    metadata = AdapterMetadata.model_validate(
        {
            "scale": options.recipe.scale,
            "known_signatures": known_signatures(options.data),
            "languages": languages(inputs.training),
            "data_sha256": inputs.data_sha256,
            "base_sha256": inputs.base.sha256,
            "seed": options.recipe.seed,
            "steps": step,
            "recipe": asdict(options.recipe),
            "command": command_line(),
            **found.to_json(),
        }
    )
    return Adapter(metadata, tensors, inputs.entries, inputs.guesses)


def write_results(options: Options, inputs: Inputs, progress: Progress, machine: Machine) -> None:
    """Write the record of a finished run, and its adapter to ``options.out``."""
    write_record(
        options.run / RECORD,
        {
            "options": options.for_record(),
            "progress": progress.model_dump(exclude={"fingerprint"}),
            "training_rows": len(inputs.training),
            "validation_rows": len(inputs.validation),
            "left_out_as_too_long": inputs.left_out,
            "data_sha256": inputs.data_sha256,
            "validation_sha256": file_sha256(options.validation),
            "base_sha256": inputs.base.sha256,
            "adapter_sha256": file_sha256(options.run / ADAPTER),
            "commit": git_commit(Path(__file__).parent),
            "machine": machine.to_json(),
        },
    )
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes((options.run / ADAPTER).read_bytes())
