# Explanations of every refusal, /problems/{code}.
