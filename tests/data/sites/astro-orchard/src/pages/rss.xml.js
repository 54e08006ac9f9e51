import rss from "@astrojs/rss";
import { getCollection } from "astro:content";

export async function GET(context) {
  const posts = (await getCollection("blog")).filter((post) => !post.data.draft);
  posts.sort((a, b) => b.data.pubDate - a.data.pubDate);
  return rss({
    title: "Orchard",
    description: "Fruit",
    site: context.site,
    items: posts.map((post) => ({ title: post.data.title, pubDate: post.data.pubDate, categories: post.data.tags, link: `/blog/${post.id}/` })),
  });
}
