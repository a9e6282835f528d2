using CsCheck;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Tests.Pipeline;

public sealed class FrameAssemblyTests
{
    private const int MaximumSize = 10_000;

    [Fact]
    public void Frames_cut_anywhere_are_put_together_again() =>
        Gen.Select(Gen.Single.Array[0, 100], Gen.Int[1, 60], Gen.Bool).Array[1, 4].Sample(
            frames =>
            {
                var assembly = new FrameAssembly(MaximumSize);
                foreach (var ((values, size, forward), number) in frames.Select((frame, number) => (frame, number)))
                {
                    var sent = Frame(values, forward);
                    var chunks = Cut(sent, number, size);
                    Assert.All(chunks.SkipLast(1), chunk => Assert.Null(assembly.Add(chunk)));
                    var received = assembly.Add(chunks[^1]);
                    Assert.Equal(sent.GetType(), received!.GetType());
                    Assert.Equal(MessageCodec.Encode(sent), MessageCodec.Encode(received));
                }
            },
            iter: 300);

    [Fact]
    public void A_chunk_that_is_lost_comes_twice_or_comes_too_early_is_refused() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[0, 1_000], Gen.Int[0, 1_000]).Sample(
            change =>
            {
                var (size, at, other) = change;
                FrameChunk[] chunks = [.. Cut(Frame([1, 2, 3.5f], true), 0, size), .. Cut(Frame([4, 5.5f], true), 1, size), .. Cut(Frame([6, 7.5f], true), 2, size)];
                (at, other) = (at % (chunks.Length - 1), other % chunks.Length);

                Refuses([.. chunks.Take(at), .. chunks.Skip(at + 1)]);
                Refuses([.. chunks.Take(at + 1), chunks[at]]);
                if (at != other)
                {
                    (chunks[at], chunks[other]) = (chunks[other], chunks[at]);
                    Refuses(chunks);
                }
            },
            iter: 300);

    [Fact]
    public void A_chunk_of_another_pass_or_of_another_length_is_refused()
    {
        var chunks = Cut(Frame([1, 2, 3.5f], true), 0, 20);

        Refuses([chunks[0], chunks[1] with { Pass = new PassId(9) }]);
        Refuses([chunks[0], chunks[1] with { Length = chunks[1].Length + 1 }]);
    }

    [Fact]
    public void A_frame_that_is_announced_as_too_large_is_refused_before_it_is_there()
    {
        var chunk = Cut(Frame([1, 2, 3.5f], true), 0, 20)[0] with { Length = MaximumSize + 1 };

        Assert.Contains("spiketrail.frames.maximum-size", Refuses([chunk]), StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_that_make_no_frame_are_refused() =>
        Assert.Throws<InvalidDataException>(() => new FrameAssembly(MaximumSize).Add(new FrameChunk(default, Direction.Forward, 0, 0, 3, new byte[3])));

    private static string Refuses(IReadOnlyList<FrameChunk> chunks)
    {
        var assembly = new FrameAssembly(MaximumSize);
        return Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var chunk in chunks)
            {
                assembly.Add(chunk);
            }
        }).Message;
    }

    private static IFrame Frame(float[] values, bool forward)
    {
        var content = new PackedTensor([values.Length], ElementType.Float32, TensorCodec.Encode(values));
        return forward ? new SpikeFrame(new PassId(7), new TimeRange(0, 1), content) : new GradientFrame(new PassId(7), new TimeRange(0, 1), content);
    }

    private static List<FrameChunk> Cut(IFrame frame, long number, int size)
    {
        ReadOnlyMemory<byte> bytes = MessageCodec.Encode(frame);
        var chunks = new List<FrameChunk>();
        for (var offset = 0; offset < bytes.Length; offset += size)
        {
            chunks.Add(new FrameChunk(frame.Pass, frame.Direction, number, offset, bytes.Length, bytes.Slice(offset, Math.Min(size, bytes.Length - offset))));
        }

        return chunks;
    }
}
