import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const dynamodb = new DynamoDBClient({});

/** Answers requests of the API with what it was told; writes any other event down in the table. */
export async function handler(event) {
  if (event.httpMethod) {
    return { statusCode: 200, body: JSON.stringify({ path: event.path, table: process.env.TABLE }) };
  }
  const id = event.detail?.object.key ?? event.id;
  await dynamodb.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: id } } }));
  return { id };
}
