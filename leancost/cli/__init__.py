"""What is typed, and what is told.

Open `commands.py` first; `periods.py` holds the commands about periods and runs. `arguments.py` says what can be typed,
and only `console.py` prints.
"""
