"""The outsider's verifier: tells from one file, with core alone, whether a dossier is what was signed."""
