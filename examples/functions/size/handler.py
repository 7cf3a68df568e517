"""Reads each object from its first byte to its last and reports how many bytes there were."""

from urllib.parse import unquote_plus

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client('s3')


def handler(event, context):
    task = event['tasks'][0]
    bucket = task['s3BucketArn'].split(':')[-1]
    key = unquote_plus(task['s3Key'])
    version = {'VersionId': task['s3VersionId']} if task['s3VersionId'] else {}
    try:
        response = s3.get_object(Bucket=bucket, Key=key, **version)
        result_code = 'Succeeded'
        result_string = str(sum(len(chunk) for chunk in response['Body'].iter_chunks()))
    except ClientError as error:
        # What may pass is tried again before the job ends; what will not is reported now.
        passing = error.response['ResponseMetadata']['HTTPStatusCode'] >= 500
        result_code = 'TemporaryFailure' if passing else 'PermanentFailure'
        result_string = str(error)
    return {
        'invocationSchemaVersion': event['invocationSchemaVersion'],
        'treatMissingKeysAs': 'PermanentFailure',
        'invocationId': event['invocationId'],
        'results': [{'taskId': task['taskId'], 'resultCode': result_code, 'resultString': result_string}],
    }
