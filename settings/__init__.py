"""What an environment's file may say, and what follows from it; neither cdktf nor boto3 is needed to read one."""
