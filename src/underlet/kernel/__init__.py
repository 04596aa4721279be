"""Pure rules: only the standard library, no I/O, no clock ("now" is an argument).

Every other package may import the kernel; the kernel imports nothing of theirs. What is decided
here is decided once: names, periods, money, prices, permissions, VAT.
"""
