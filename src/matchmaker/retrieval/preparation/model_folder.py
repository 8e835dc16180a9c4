"""Weights and word pieces to a sentence-transformers folder that the library loads like any other."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.retrieval.preparation.packed_weights import PackedEncoder

if TYPE_CHECKING:
    from transformers import BertModel, PreTrainedTokenizerFast

PROMPTS = {"query": "query: ", "document": "passage: "}
"""The prefixes the E5 family was trained with: Wang et al., "Multilingual E5 Text Embeddings", arXiv 2402.05672."""

MAXIMUM_TOKENS = 512


def write_model_folder(packed: PackedEncoder, folder: Path) -> None:
    """Write transformer, tokenizer, mean pooling, normalisation and prompts to ``folder``."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers.utils import logging

    # The library's own bars and its notes on the unused pooler would read as errors among the set-up's lines.
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    raw = folder.with_name(folder.name + ".transformers")
    _transformer(packed).save_pretrained(raw)
    _tokenizer(packed).save_pretrained(raw)
    modules = [
        Transformer(str(raw), max_seq_length=MAXIMUM_TOKENS),
        Pooling(packed.sizes.hidden, "mean"),
        Normalize(),
    ]
    SentenceTransformer(modules=modules, prompts=PROMPTS, device="cpu").save(str(folder), create_model_card=False)
    shutil.rmtree(raw)


def _transformer(packed: PackedEncoder) -> "BertModel":
    import torch
    from transformers import BertConfig, BertModel

    sizes = packed.sizes
    model = BertModel(
        BertConfig(
            vocab_size=sizes.vocabulary,
            hidden_size=sizes.hidden,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            intermediate_size=sizes.feed_forward,
            max_position_embeddings=sizes.positions,
            type_vocab_size=sizes.token_types,
            layer_norm_eps=sizes.layer_norm_epsilon,
            pad_token_id=packed.special_tokens.padding,
        ),
        add_pooling_layer=False,
    )
    model.load_state_dict({name: torch.tensor(np.ascontiguousarray(value)) for name, value in packed.weights.items()})
    return model.eval()


def _tokenizer(packed: PackedEncoder) -> "PreTrainedTokenizerFast":
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = packed.special_tokens
    tokenizer = Tokenizer(models.Unigram(packed.pieces, unk_id=special.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", special.begin), ("</s>", special.end)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        cls_token="<s>",
        unk_token="<unk>",
        pad_token="<pad>",
        model_max_length=MAXIMUM_TOKENS,
    )
