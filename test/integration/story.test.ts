/**
 * The story of git-annex's first design, with its three repositories: a server at home, a laptop that
 * travels and a USB drive that lies in a drawer. Each step goes on where the one before has ended.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectContent, expectNotPresent, expectPointer, expectPresent } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const FILM = someBytes(70_000, 1)
const SONG = someBytes(9000, 2)

let server: ScratchRepo
let laptop: ScratchRepo
let usb: ScratchRepo
let film: string
let song: string

/** The drive is pulled out, the laptop is out of the house; `back` undoes it. */
function away(...repos: ScratchRepo[]): void {
  for (const { dir } of repos) renameSync(dir, `${dir}-away`)
}

function back(...repos: ScratchRepo[]): void {
  for (const { dir } of repos) if (!existsSync(dir)) renameSync(`${dir}-away`, dir)
}

beforeAll(() => {
  server = scratch.repo('server')
  server.annex('init', 'Server')
  server.write('films/film.mkv', FILM)
  server.write('songs/song.ogg', SONG)
  server.annex('add', '-q', '.')
  server.git('commit', '-q', '-m', 'films and songs')
  usb = scratch.clone(server, 'usb')
  usb.annex('init', 'USB')
  usb.annex('get', '-q')
  laptop = scratch.clone(server, 'laptop', '-o', 'server')
  laptop.annex('init', 'Laptop')
  laptop.git('remote', 'add', 'usb', usb.dir)
  laptop.annex('sync', '-q')
  film = expectPointer(laptop, 'films/film.mkv')
  song = expectPointer(laptop, 'songs/song.ogg')
}, 60_000)

describe('Server, Laptop and USB', () => {
  test('the laptop has no content, and knows who has', () => {
    for (const key of [film, song]) expectNotPresent(laptop, key)
    const { stdout } = laptop.annex('whereis', 'films')
    expect(stdout).toContain('(2 copies)')
    expect(stdout).toMatch(/-- (Server )?\[server\]/)
    expect(stdout).toMatch(/-- (USB )?\[usb\]/)
  })

  test('it gets the film from the server at home, and from the drive on the road', () => {
    expect(laptop.annex('get', 'films').stdout).toContain('(from server...) ok')
    expectContent(laptop, 'films/film.mkv', FILM)
    laptop.annex('drop', '-q', 'films')
    away(server)
    expect(laptop.annex('get', '--from=usb', 'films').stdout).toContain('(from usb...) ok')
    laptop.annex('drop', '-q', 'films')
    expect(laptop.annex('get', '.').stdout).toContain('(from usb...) ok')
    expectContent(laptop, 'songs/song.ogg', SONG)
    back(server)
  })

  test('with both of them away a drop is refused, kept and remembered', () => {
    away(server, usb)
    const { status, stdout } = laptop.tryAnnex('drop', 'films')
    expect(status).toBe(1)
    expect(stdout).toContain('Could only verify the existence of 0 out of 1 necessary copy')
    expect(stdout).toContain('Unable to access these remotes: server, usb')
    expect(laptop.tryAnnex('drop', '--retry').status).toBe(1)
    expectPresent(laptop, film)
    expectContent(laptop, 'films/film.mkv', FILM)
  })

  test('when the drive is back, what was remembered is dropped, and nothing else', () => {
    back(usb)
    expect(laptop.annex('drop', '--retry').stdout).toContain('drop films/film.mkv ok\n')
    expectNotPresent(laptop, film)
    expectPresent(laptop, song)
    expect(laptop.annex('drop', '--retry').stdout).toBe('')
    back(server)
  })

  test('two copies to be kept: no drop while one of the others is away', () => {
    laptop.annex('get', '-q', 'films')
    laptop.annex('numcopies', '-q', '2')
    away(usb)
    const { status, stdout } = laptop.tryAnnex('drop', 'films')
    expect([status, stdout]).toEqual([1, expect.stringContaining('1 out of 2 necessary copies')])
    back(usb)
    expect(laptop.annex('drop', '--retry', '--explain').stdout).toMatch(
      /numcopies is 2.*\[server\] \(locked.*\[usb\] \(locked/,
    )
    expectNotPresent(laptop, film)
    // The server is one of two now, and may not drop its own.
    server.git('remote', 'add', 'usb', usb.dir)
    server.annex('merge', '-q')
    server.git('fetch', '-q', laptop.dir, 'git-annex:refs/remotes/laptop/git-annex')
    expect(server.tryAnnex('drop', 'films').status).toBe(1)
    expectPresent(server, film)
  })

  test('each repository may want its own number of copies', () => {
    const [other, careful] = ['other', 'careful'].map((name) => scratch.clone(usb, name))
    for (const repo of [other!, careful!]) {
      repo.annex('init', '-q')
      repo.annex('get', '-q', 'songs')
    }
    careful!.git('config', 'annex.numcopies', '2')
    expect(careful!.tryAnnex('drop', 'songs').status).toBe(1)
    expectPresent(careful!, song)
    other!.annex('drop', '-q', 'songs')
    expectNotPresent(other!, song)
  })

  test('on the road it notes what it wants, and who has that', () => {
    away(server, usb)
    expect(laptop.annex('want', 'films').stdout).toBe('want films/film.mkv ok\n')
    const { stdout } = laptop.annex('want', '--list')
    expect(stdout).toMatch(/^want films\/film.mkv \(2 copies\)/)
    expect(stdout).toContain('[server]')
    expect(stdout).toContain('[usb]')
    expectNotPresent(laptop, film)
    back(server, usb)
  })

  test('at home the next get brings it, wherever it is run', () => {
    mkdirSync(laptop.path('texts'))
    const run = () => laptop.run(['git', 'annex', 'get'], { cwd: laptop.path('texts') }).stdout
    expect(run()).toContain('get ../films/film.mkv (from server...) ok')
    expectContent(laptop, 'films/film.mkv', FILM)
    expect(laptop.annex('want', '--list').stdout).toBe('')
    expect(run()).toBe('')
  })

  test('a named file is added or got, and all contents are pushed and pulled', () => {
    laptop.annex('drop', '-q', 'films')
    laptop.write('texts/letter.txt', 'Dear server,\n')
    const { stdout } = laptop.annex('films/film.mkv', 'texts/letter.txt')
    expect(stdout).toContain('add texts/letter.txt')
    expect(stdout).toContain('get films/film.mkv (from server...) ok')
    const letter = expectPointer(laptop, 'texts/letter.txt')
    laptop.git('commit', '-q', '-m', 'letter')
    laptop.run(['git', 'annex', '--push', 'usb'], { cwd: laptop.path('texts') })
    expectPresent(usb, letter)
    laptop.annex('--drop', '-N1', '.')
    laptop.annex('--pull', 'usb')
    for (const key of [film, song, letter]) expectPresent(laptop, key)
    laptop.annex('--unannex', 'texts/letter.txt')
    expectContent(laptop, 'texts/letter.txt', 'Dear server,\n')
    expect(laptop.tryAnnex('--push').stderr).toContain('Name the repository')
  })
})
