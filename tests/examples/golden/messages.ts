/** What a person wrote to a shop, and the label or labels that another person gave it. */
export interface Message {
  readonly text: string
  /** The topic, as somebody labelled it: now and then wrongly. */
  readonly topic: string
  /** Everything that it is about. */
  readonly topics: readonly string[]
}

const TOPICS: Readonly<Record<string, readonly string[]>> = {
  delivery: [
    'my {thing} has not arrived {when}',
    'the courier left the {thing} at the wrong door',
    'tracking says delivered but there is no parcel',
    'where is my {thing}, it was due {when}',
    'the package came late and the box was wet',
    'can you send the {thing} to another address',
    'nobody rang the bell and the driver just left',
    'still waiting for shipping of the {thing}',
    'the parcel is stuck at the depot since {when}',
  ],
  billing: [
    'I was charged twice for the {thing}',
    'the invoice for my {thing} has the wrong amount',
    'please refund the payment from {when}',
    'my card was declined though there is money on it',
    'why is there a fee on the bill for the {thing}',
    'I need a receipt with the tax number on it',
    'the discount was not taken off the price',
    'you took the money {when} and never sent a receipt',
    'I want my money back for the {thing}',
  ],
  account: [
    'I cannot log in since {when}',
    'the password reset mail never came',
    'please change the email address of my account',
    'my profile shows the orders of another customer',
    'how do I delete my account and all data',
    'the site logs me out when I look at the {thing}',
    'I forgot my user name and the code does not arrive',
    'somebody else signed in with my password {when}',
    'the app wants a code that never comes',
  ],
  quality: [
    'the {thing} broke {when}',
    'the {thing} is smaller than in the picture',
    'the zip of the {thing} came off when I opened it',
    'there is a scratch on the {thing}',
    'the {thing} does not work, the light stays off',
    'the colour of the {thing} is not what I ordered',
    'the {thing} smells of glue and one part is missing',
    'after one wash the {thing} lost its shape',
    'the battery of the {thing} is empty in an hour',
  ],
  praise: [
    'thank you, the {thing} is lovely',
    'great service, I will order again',
    'the {thing} came early and works well',
    'best shop that I have bought a {thing} from',
    'your people on the phone were so kind {when}',
    'love the {thing}, my sister wants one too',
    'quick answer and no trouble with the refund, thanks',
    'five stars for the {thing}',
    'very happy with the way you solved it {when}',
  ],
}
const THINGS = 'jacket lamp kettle phone backpack chair watch speaker blanket camera bicycle toaster'.split(
  ' ',
)
const WHEN = [
  'yesterday',
  'last week',
  'on Monday',
  'two days ago',
  'this morning',
  'after the weekend',
  'today',
]
const FILLERS = [
  'hello',
  'I bought it in your shop',
  'please help',
  'I have been a customer for years',
  'order number on request',
  'can somebody call me',
  'this is the second time that I write',
  'I do not know what to do',
  'best wishes',
  'my order was a {thing} and a {thing}',
  'I saw the {thing} on your site {when}',
]

/** How often a message is about a second topic, is labelled wrongly, and has a letter mistyped (each word). */
const [SECOND, WRONG, TYPO] = [0.3, 0.03, 0.06] as const

/** Short texts of five topics, always the same ones for a seed. */
export function makeMessages(count: number, seed = 20_261): readonly Message[] {
  const random = createRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const fill = (phrase: string) =>
    phrase.replaceAll('{thing}', () => pick(THINGS)).replaceAll('{when}', () => pick(WHEN))
  const mistype = (word: string) => {
    if (word.length < 4 || random() >= TYPO) return word
    const at = 1 + Math.floor(random() * (word.length - 2))
    return word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2)
  }
  const names = Object.keys(TOPICS)
  return Array.from({ length: count }, () => {
    const main = pick(names)
    const second = random() < SECOND ? pick(names) : main
    // Parts of phrases are rarer than whole ones, and say less.
    const cut = (phrase: string) => {
      const words = phrase.split(' ')
      return random() < 0.6 ? words.slice(Math.floor(random() * (words.length - 2))).join(' ') : phrase
    }
    const parts = [cut(fill(pick(TOPICS[main] ?? [])))]
    if (second !== main) parts.push(cut(fill(pick(TOPICS[second] ?? []))))
    for (let more = random(); more < 0.7; more += 0.35) parts.push(fill(pick(FILLERS)))
    if (random() < 0.5) parts.reverse()
    const text = parts.join('. ').split(' ').map(mistype).join(' ')
    const topics = [...new Set([main, second])].toSorted()
    return { text, topic: random() < WRONG ? pick(names) : main, topics }
  })
}

/** Numbers from 0 to 1, the same for a seed everywhere (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

// Printed for the script that has scikit-learn learn from them.
if (import.meta.main) console.log(JSON.stringify(makeMessages(2500)))
