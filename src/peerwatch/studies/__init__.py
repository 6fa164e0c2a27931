"""What is run: presets, studies as one YAML file, what models cost."""
