import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { createBufferedSubscriber } from './buffered-subscriber.js'

it('keeps what comes before somebody listens', () => {
  const source = new EventEmitter()
  const listen = createBufferedSubscriber<number>((hear) => source.on('message', hear))
  source.emit('message', 1)
  source.emit('message', 2)
  const heard: number[] = []
  listen((message) => heard.push(message))
  source.emit('message', 3)
  expect(heard).toEqual([1, 2, 3])
})
