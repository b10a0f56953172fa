"""Pages: one file a stage, and the rendering they share."""
