# A module of the pack that its actions import by name.
NAME = 'a module of the pack'
