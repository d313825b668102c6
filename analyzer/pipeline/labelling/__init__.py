"""The annotation loop: which posts to label next, files for readers, what they said, agreement."""
