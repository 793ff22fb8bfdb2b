"""Scripts that engines of their own run are no tests, and import what is not installed beside the tests."""

collect_ignore = ["conda_build.py", "conda_channel.py"]
