"""Sends the mails that wait, at a pace that SNS bears, many of one kind as one."""
