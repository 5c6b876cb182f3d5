"""Questions: the standard question set (*frågeformulär*) and the call templates (*samtalsmallar*), as versioned data.

An instrument is an ordered set of questions with concept, wording, answer options and conditions. A template says what
to ask about, what to inform of and how long a call usually takes, for a profession and a situation, with the law it
rests on. A published version never changes: the database refuses it. Answers are kept by the room ``contacts``; code
lists come from ``vocabulary``.
"""
