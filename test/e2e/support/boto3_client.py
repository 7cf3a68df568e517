"""Stock boto3 as a process: a line {"operation", "input"} in, a line {"output"} or {"error"} out."""

import json
import sys

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

client = boto3.client("s3control", endpoint_url="http://drover.local")

for line in sys.stdin:
    call = json.loads(line)
    try:
        output = getattr(client, xform_name(call["operation"]))(**call["input"])
        del output["ResponseMetadata"]
        answer = {"output": output}
    except ClientError as error:
        details = error.response["Error"]
        # The class that a caller catches: client.exceptions.NotFoundException and the like.
        answer = {"error": {"code": details["Code"], "message": details["Message"], "type": type(error).__name__}}
    print(json.dumps(answer, default=lambda value: value.isoformat()), flush=True)
