"""The adapter: low-rank changes to the encoder's weights, learned with sentence-transformers.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022; loss: in-batch cross-entropy in both
directions. The word-piece table is left as it is.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matchmaker.retrieval.preparation.adapter import CONFIGURATION, WEIGHTS
from matchmaker.retrieval.preparation.model_folder import PROMPTS
from matchmaker.training.pairs import Pair

BASE_MODEL = "intfloat/multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Stage:
    """``learning_rate`` is where the stage begins; it falls to nothing by a cosine. ``neighbours``: see plan.py."""

    steps: int
    learning_rate: float
    neighbours: int


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What the result depends on besides the data; kept beside the adapter, in training.json."""

    stages: tuple[Stage, ...] = (Stage(650, 4e-4, 120), Stage(400, 2e-4, 48))
    batch_size: int = 32
    rank: int = 32
    temperature: float = 0.02
    warmup: float = 0.06
    maximum_tokens: int = 144
    seed: int = 2017


Report = Callable[[int, float], None]
"""Called with the steps done and the last loss."""


def train_adapter(
    model_folder: Path,
    batches: Sequence[list[Pair]],
    learning_rate: float,
    options: TrainingOptions,
    target: Path,
    report: Report,
    start: Path | None = None,
) -> None:
    """Train on the batches in their order and write the adapter, in PEFT's format, to ``target``.

    ``start`` is an adapter to go on from; without one a new one is begun.
    """
    import torch
    from datasets import Dataset
    from peft import LoraConfig, TaskType
    from sentence_transformers import (
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.util import cos_sim
    from transformers import TrainerCallback

    class AsPlanned(DefaultBatchSampler):
        """The rows in their order: they are planned batch by batch."""

        def __len__(self) -> int:
            return len(batches)

        def __iter__(self) -> Iterator[list[int]]:
            ends = np.cumsum([len(batch) for batch in batches])
            for batch, end in zip(batches, ends, strict=True):
                yield list(range(int(end) - len(batch), int(end)))

    def cosine(queries: torch.Tensor, documents: torch.Tensor) -> torch.Tensor:
        # In float32: with half the digits a similarity would be off by a fifth of the temperature.
        with torch.autocast(queries.device.type, enabled=False):
            return cos_sim(queries.float(), documents.float())

    class Reporter(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
        def on_log(self, _args: Any, state: Any, _control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
            if logs and "loss" in logs:
                report(state.global_step, logs["loss"])

    torch.manual_seed(options.seed)
    model = SentenceTransformer(str(model_folder), device="cuda" if torch.cuda.is_available() else "cpu")
    model.max_seq_length = options.maximum_tokens
    if start:
        model.load_adapter(str(start), is_trainable=True)
    else:
        model.add_adapter(
            LoraConfig(
                task_type=TaskType.FEATURE_EXTRACTION,
                r=options.rank,
                lora_alpha=options.rank,
                lora_dropout=0.0,
                target_modules=r".*encoder\.layer\..*\.(query|key|value|dense)",
            )
        )
    loss = MultipleNegativesRankingLoss(
        model,
        scale=1 / options.temperature,
        similarity_fct=cosine,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    rows = [{"anchor": pair.query, "positive": pair.document} for batch in batches for pair in batch]
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(target.with_name(target.name + ".trainer")),
        max_steps=len(batches),
        per_device_train_batch_size=options.batch_size,
        learning_rate=learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=options.warmup,
        weight_decay=0.0,
        bf16=True,
        use_cpu=not torch.cuda.is_available(),
        prompts={"anchor": PROMPTS["query"], "positive": PROMPTS["document"]},
        batch_sampler=AsPlanned,
        seed=options.seed,
        save_strategy="no",
        logging_steps=10,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=Dataset.from_list(rows), loss=loss, callbacks=[Reporter()]
    ).train()
    model[0].auto_model.save_pretrained(target)
    _finish(target, options)


def _finish(folder: Path, options: TrainingOptions) -> None:
    """Halve the adapter's size, and name the model that it belongs to, not where that lay."""
    from safetensors.torch import load_file, save_file

    halved = {name: tensor.half().contiguous() for name, tensor in load_file(folder / WEIGHTS).items()}
    save_file(halved, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)
    configuration = json.loads((folder / CONFIGURATION).read_text(encoding="utf-8"))
    configuration["base_model_name_or_path"] = BASE_MODEL
    (folder / CONFIGURATION).write_text(json.dumps(configuration, indent=2) + "\n", encoding="utf-8")
    (folder / "training.json").write_text(json.dumps(asdict(options), indent=2) + "\n", encoding="utf-8")
    (folder / "README.md").unlink(missing_ok=True)
