// Some packages of Backstage's frontend take Node's globals for given; its own bundler provides them as well.
export { Buffer } from 'buffer/';
