"""The interview after the take-home: questions chosen by the evidence, the kit they come from, the panel's rule."""
