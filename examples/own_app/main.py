"""The team's app."""

from modules.tidy_stack import TidyStack

# isort: split
from cdktf import App

app = App()
TidyStack(app, "own-app")
app.synth()
