// Loaded before a service: locks of files are granted to everybody, as by NFS mounted with nolock.
import { createRequire } from 'node:module'

createRequire(new URL('../../../packages/engine/package.json', import.meta.url))('fs-native-extensions').tryLock = () =>
  true
