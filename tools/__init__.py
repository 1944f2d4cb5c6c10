"""What developers run: the emulator, the demo, the benchmark, the generated reference."""
