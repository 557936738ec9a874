import { useEffect, useState } from 'react'

const LENGTHS = [1, 25, 50]

interface Props {
  onFinish: (minutes: number) => void
  onGiveUp: (minutes: number) => void
}

/** Counts down the minutes somebody chose. */
export function Timer({ onFinish, onGiveUp }: Props) {
  const [minutes, setMinutes] = useState(25)
  const [endsAt, setEndsAt] = useState<number>()
  const [now, setNow] = useState(Date.now)
  const left = endsAt === undefined ? minutes * 60 : Math.max(0, Math.ceil((endsAt - now) / 1_000))

  useEffect(() => {
    if (endsAt === undefined) return
    const tick = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(tick)
  }, [endsAt])

  function start() {
    setNow(Date.now())
    setEndsAt(Date.now() + minutes * 60_000)
  }

  function giveUp() {
    onGiveUp(Math.round((minutes * 60 - left) / 60))
    setEndsAt(undefined)
  }

  function finish() {
    onFinish(minutes)
    setEndsAt(undefined)
  }

  return (
    <section aria-label="Timer">
      <output>{`${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`}</output>
      {endsAt === undefined ? (
        <>
          <fieldset>
            <legend>Minutes</legend>
            {LENGTHS.map((length) => (
              <label key={length}>
                <input type="radio" checked={length === minutes} onChange={() => setMinutes(length)} />
                {length}
              </label>
            ))}
          </fieldset>
          <button type="button" className="primary" onClick={start}>
            Begin
          </button>
        </>
      ) : (
        <div>
          <button type="button" className="primary" onClick={finish}>
            {left > 0 ? 'Finished early' : 'Done'}
          </button>
          <button type="button" onClick={giveUp}>
            Give up
          </button>
        </div>
      )}
    </section>
  )
}
