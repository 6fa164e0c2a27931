"""A small language model that installs from a package and runs in this process.

It is an ordinary Inspect AI provider, `peerwatch-local/smollm2-135m`: no key, no network, no GPU.
Tool calls are constrained by a grammar written from the tools at hand, so that a very small model
still emits well-formed calls. What the model then does with them is left to the model.

Modules: `provider_entry` (what Inspect looks up), `provider` (the model API), `chat_prompt`
(messages to text), `grammar` (tools to GBNF), `llama_engine` (weights, loading, one completion).
"""
