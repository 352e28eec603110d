/* Truth: the socket has no listener for 'error'. When nobody listens on the port, node throws the error out of the program: a stack
   trace on stderr that does not begin with `connect: ` (the status is 1). All else is right.
   The line to add, after createConnection, is sock.on('error', …): print `connect: ` and the reason, and exit with status 1. */
const net = require('net')

const sock = net.createConnection({ host: '127.0.0.1', port: 8023 })
let rest = Buffer.alloc(0)
let finished = false

const isSpace = (b) => b === 0x20 || (b >= 0x09 && b <= 0x0d)

function finish() {
  finished = true
  sock.end()
}

function emit(word) {
  if (word.length === 0) return
  sock.write(word)
  if (word.toString('latin1') === 'exit') {
    finish()
    process.stdin.removeAllListeners()
    process.stdin.destroy()
    return true
  }
}

function feed(chunk) {
  const all = Buffer.concat([rest, chunk])
  let start = 0
  for (let i = 0; i < all.length; i++) {
    if (isSpace(all[i])) {
      if (emit(all.subarray(start, i))) return
      start = i + 1
    }
  }
  rest = all.subarray(start)
}

sock.on('end', () => {
  if (!finished) {
    console.error('server closed the connection')
    process.exit(1)
  }
})

sock.on('connect', () => {
  console.log('连接服务器成功！')
  process.stdin.on('data', feed)
  process.stdin.on('end', () => {
    if (!emit(rest)) finish()
  })
})
