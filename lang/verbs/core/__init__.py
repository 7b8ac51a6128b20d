"""What every verb is made of: questions, answers, and the registry that finds the verbs."""
