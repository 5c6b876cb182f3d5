"""One function for each thing a person does with keys and cases. Where a key is used, the event is stored first."""
