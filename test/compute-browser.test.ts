/**
 * One graph, trained in Node and in headless Chromium, on WebAssembly with threads and on WebGPU by Chromium's software
 * adapter: the losses have to agree. Runs the built package, served with the headers that threads need.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './support/command.js';

const CHROMIUM = process.env.MECHANIST_CHROMIUM ?? '/usr/bin/chromium';
const STEPS = 20;

/** The script that all sides run: a two-layer network that learns by gradient descent with momentum. */
const TRAIN = readFileSync(join(root, 'test', 'support', 'train-small.js'), 'utf8');

interface Trained {
  readonly losses: number[];
  readonly weights: number[];
  readonly threads: number;
}

describe.skipIf(!existsSync(CHROMIUM))('a graph trained in a browser', () => {
  let server: Server;
  let browser: Browser;
  let reference: Trained;

  beforeAll(async () => {
    server = await served();
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--enable-features=Vulkan',
        '--use-webgpu-adapter=swiftshader',
      ],
    });
    const compute = await import(join(root, 'dist', 'compute', 'index.node.js'));
    const { train } = await import(join(root, 'test', 'support', 'train-small.js'));
    reference = await train(compute, await compute.nodeRuntime({ threads: 1 }), STEPS);
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  async function trainedInPage(device: 'cpu' | 'webgpu'): Promise<Trained> {
    const page = await browser.newPage();
    const told: string[] = [];
    page.on('pageerror', (error) => told.push(error.message));
    try {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const run = `(async () => {
        const compute = await import('/dist/compute/index.js');
        const { train } = await import('/train.js');
        return train(compute, await compute.webRuntime({ device: '${device}', threads: 2 }), ${STEPS});
      })()`;
      const trained = (await page.evaluate(run)) as Trained;
      expect(told).toEqual([]);
      return trained;
    } finally {
      await page.close();
    }
  }

  it('learns in Node', () => {
    expect(reference.losses).toHaveLength(STEPS);
    expect(reference.losses.at(-1)).toBeLessThan(0.5 * reference.losses[0]);
  });

  it.each([['cpu', 2] as const, ['webgpu', 1] as const])(
    'gives the losses of Node on %s',
    async (device, threads) => {
      const trained = await trainedInPage(device);
      if (device === 'cpu') expect(trained.threads).toBe(threads);
      expect(farthest(trained.losses, reference.losses)).toBeLessThan(2e-5);
      expect(farthest(trained.weights, reference.weights)).toBeLessThan(2e-4);
    },
  );
});

/** Largest difference, relative to the largest expected value. */
function farthest(found: readonly number[], expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...found.map((value, i) => Math.abs(value - expected[i]))) / scale;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const PAGE = `<!doctype html><script type="importmap">{"imports":{
  "onnxruntime-web/webgpu": "/node_modules/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs",
  "onnxruntime-common": "/node_modules/onnxruntime-common/dist/esm/index.js"}}</script>`;

/** Serves the built package and the runtime to this machine only. */
function served(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    const send = (type: string, body: string | Uint8Array) =>
      response.writeHead(200, { 'Content-Type': type }).end(body);
    if (path === '/') return send('text/html', PAGE);
    if (path === '/train.js') return send('text/javascript', TRAIN);
    const file = join(root, path);
    if (!/^\/(dist|node_modules\/onnxruntime-(web|common))\//.test(path) || !existsSync(file)) {
      return response.writeHead(404).end();
    }
    return send(TYPES[extname(path)] ?? 'application/octet-stream', readFileSync(file));
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}
