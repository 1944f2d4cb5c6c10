"""What AWS answers instead of what was asked for: `codes` reads it, `new_rights` asks again while it passes."""
