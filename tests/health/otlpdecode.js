// SPDX-License-Identifier: GPL-3.0-or-later
// A request of OTLP on standard input (protobuf; JSON with the argument "json"), read by the OpenTelemetry project's own decoder and written
// as JSON, 64-bit values as text. Run by tst_otlpbody with build/tool/node as its working folder.
const path = require('path'), fs = require('fs');
const root = require(path.resolve('node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js'));
const Request = root.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
const body = fs.readFileSync(0);
const message = process.argv[2] === 'json' ? Request.fromObject(JSON.parse(body)) : Request.decode(body);
process.stdout.write(JSON.stringify(Request.toObject(message, {longs: String, enums: Number})));
