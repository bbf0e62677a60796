/** The one place that knows jimp. Loading it takes 0.2 s, so only those who need it do. */
export async function loadJimp() {
  return (await import('jimp')).Jimp
}
