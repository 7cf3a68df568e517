import { describe, expect, test } from '@jest/globals';
import { BucketRoutes } from '../../../core/s3/bucket-routes.ts';
import { s3Failure } from '../../../core/s3/s3-failure.ts';
import type { HttpResponse } from '../../../core/signed-http/exchange.ts';

function answer(status: number, headers: Record<string, string>, body = ''): HttpResponse {
  return { status, headers, body, bytes: Buffer.from(body), truncated: false };
}

function learn(routes: BucketRoutes, bucket: string, response: HttpResponse): boolean {
  const failure = s3Failure(response, false);
  return failure !== undefined && routes.learn(bucket, failure, response, routes.routeOf(bucket));
}

describe('a bucket is looked for', () => {
  test.each([
    ['us-east-1', 'photos', 'https://photos.s3.us-east-1.amazonaws.com', ''],
    ['cn-north-1', 'photos', 'https://photos.s3.cn-north-1.amazonaws.com.cn', ''],
    ['us-gov-west-1', 'photos', 'https://photos.s3.us-gov-west-1.amazonaws.com', ''],
    ['eu-west-1', 'my.photos', 'https://s3.eu-west-1.amazonaws.com', '/my.photos'],
    ['us-east-1', 'My_Photos', 'https://s3.us-east-1.amazonaws.com', '/My_Photos'],
  ])('in %s, %s', (region, bucket, origin, basePath) => {
    const route = new BucketRoutes({ region }).routeOf(bucket);
    expect(route).toEqual({ origin, host: origin.slice('https://'.length), region, basePath });
  });

  test.each([
    ['http://127.0.0.1:9800', '/photos'],
    ['http://127.0.0.1:9800/', '/photos'],
    ['http://127.0.0.1:9800/storage/v1/s3', '/storage/v1/s3/photos'],
  ])('at the endpoint %s in path style', (endpoint, basePath) => {
    const route = new BucketRoutes({ region: 'r', endpoint }).routeOf('photos');
    expect(route).toEqual({ origin: 'http://127.0.0.1:9800', host: '127.0.0.1:9800', region: 'r', basePath });
  });
});

describe('at an endpoint in virtual-host style', () => {
  test.each([
    ['http://s3.localhost:9800', 'photos', 'http://photos.s3.localhost:9800', ''],
    ['https://oss.example.com', 'photos', 'https://photos.oss.example.com', ''],
    ['https://example.com/s3/', 'photos', 'https://photos.example.com', '/s3'],
    ['https://oss.example.com', 'my.photos', 'https://oss.example.com', '/my.photos'],
    ['https://oss.example.com', 'My_Photos', 'https://oss.example.com', '/My_Photos'],
  ])('%s, the bucket %s is at %s%s', (endpoint, bucket, origin, basePath) => {
    const route = new BucketRoutes({ region: 'r', endpoint, addressingStyle: 'virtual' }).routeOf(bucket);
    expect(route).toEqual({ origin, host: origin.replace(/^https?:\/\//, ''), region: 'r', basePath });
  });
});

describe('where a bucket is, is learned from', () => {
  const found = {
    origin: 'https://photos.s3.eu-west-1.amazonaws.com',
    host: 'photos.s3.eu-west-1.amazonaws.com',
    region: 'eu-west-1',
    basePath: '',
  };

  test.each([
    ['the header of a 301', answer(301, { 'x-amz-bucket-region': 'eu-west-1' })],
    [
      'the header of a 307',
      answer(307, { 'x-amz-bucket-region': 'eu-west-1', location: 'https://photos.s3.eu-west-1.amazonaws.com/key' }),
    ],
    [
      'the document of a refused signature',
      answer(400, {}, '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>'),
    ],
    ['the header of a refused HEAD', answer(400, { 'x-amz-bucket-region': 'eu-west-1' })],
    [
      'the Location of a 307',
      answer(307, { location: 'https://photos.s3-eu-west-1.amazonaws.com/key?tagging' }),
      {
        origin: 'https://photos.s3-eu-west-1.amazonaws.com',
        host: 'photos.s3-eu-west-1.amazonaws.com',
        region: 'us-east-1',
      },
    ],
  ])('%s, once', (_, response, expected = found) => {
    const routes = new BucketRoutes({ region: 'us-east-1' });
    expect(learn(routes, 'photos', response)).toBe(true);
    expect(routes.routeOf('photos')).toEqual({ ...found, ...expected });
    expect(routes.routeOf('others').region).toBe('us-east-1');
    expect(learn(routes, 'photos', response)).toBe(false);
  });

  test('an endpoint that names another Region, or another host', () => {
    const routes = new BucketRoutes({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9000' });
    const refused = '<Error><Code>AuthorizationHeaderMalformed</Code><Region>garage</Region></Error>';
    expect(learn(routes, 'photos', answer(400, {}, refused))).toBe(true);
    expect(routes.routeOf('photos')).toMatchObject({ origin: 'http://127.0.0.1:9000', region: 'garage' });
    expect(learn(routes, 'photos', answer(307, { location: 'http://127.0.0.2:9000/photos/key' }))).toBe(true);
    expect(routes.routeOf('photos')).toEqual({
      origin: 'http://127.0.0.2:9000',
      host: '127.0.0.2:9000',
      region: 'garage',
      basePath: '/photos',
    });
  });
});

describe('nothing is learned from', () => {
  test.each([
    ['a redirect out of AWS', answer(307, { location: 'https://photos.s3.example.com/key' })],
    ['a redirect to http', answer(307, { location: 'http://photos.s3-eu-west-1.amazonaws.com/key' })],
    ['a Region that is none', answer(301, { 'x-amz-bucket-region': 'evil.example.com/' })],
    ['a redirect to the same place', answer(301, { 'x-amz-bucket-region': 'us-east-1' })],
    ['another failure that names a Region', answer(403, { 'x-amz-bucket-region': 'eu-west-1' })],
    ['a broken Location', answer(307, { location: 'https://[' })],
  ])('%s', (_, response) => {
    const routes = new BucketRoutes({ region: 'us-east-1' });
    expect(learn(routes, 'photos', response)).toBe(false);
    expect(routes.routeOf('photos').host).toBe('photos.s3.us-east-1.amazonaws.com');
  });

  test('a redirect from https to http, at an endpoint of one’s own', () => {
    const routes = new BucketRoutes({ region: 'r', endpoint: 'https://s3.example.com' });
    expect(learn(routes, 'photos', answer(307, { location: 'http://s3.example.com/photos/key' }))).toBe(false);
  });
});
