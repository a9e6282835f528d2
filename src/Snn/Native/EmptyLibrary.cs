using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace SpikeTrail.Snn.Native;

/// <summary>
/// A library for the Linux loader that holds nothing but a name (SONAME). Once it is loaded, whoever asks the loader for that name
/// gets it, and no search takes place.
/// </summary>
internal static class EmptyLibrary
{
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const int DynamicEntrySize = 16;
    private const int SymbolSize = 24;

    /// <summary>Loads an empty library called <paramref name="soname"/>; it stays loaded.</summary>
    public static void Load(string soname)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, Image(soname));
        try
        {
            NativeLibrary.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The bytes: ELF header, three segments (all of it, the dynamic table, a stack that need not be executable), the table, an empty symbol, the names.</summary>
    internal static byte[] Image(string soname)
    {
        const int dynamic = HeaderSize + 3 * SegmentSize;
        const int symbols = dynamic + 6 * DynamicEntrySize;
        const int names = symbols + SymbolSize;
        var strings = Encoding.ASCII.GetBytes($"\0{soname}\0");
        var image = new byte[names + strings.Length];

        ReadOnlySpan<byte> identity = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(image);
        Write16(16, 3); // a shared library
        Write16(18, 62); // for x86-64
        Write32(20, 1);
        Write64(32, HeaderSize);
        Write16(52, HeaderSize);
        Write16(54, SegmentSize);
        Write16(56, 3);

        const int readWrite = 6;
        Segment(0, type: 1, readWrite, start: 0, length: image.Length, alignment: 0x1000);
        Segment(1, type: 2, readWrite, start: dynamic, length: 6 * DynamicEntrySize, alignment: 8);
        Segment(2, type: 0x6474e551, readWrite, start: 0, length: 0, alignment: 16);

        Entry(0, tag: 14, value: 1); // SONAME: where it starts among the names
        Entry(1, tag: 5, value: names);
        Entry(2, tag: 6, value: symbols);
        Entry(3, tag: 10, value: strings.Length);
        Entry(4, tag: 11, value: SymbolSize);
        strings.CopyTo(image, names);
        return image;

        void Segment(int index, int type, int flags, int start, int length, int alignment)
        {
            var offset = HeaderSize + index * SegmentSize;
            Write32(offset, type);
            Write32(offset + 4, flags);
            Write64(offset + 8, start);
            Write64(offset + 16, start);
            Write64(offset + 24, start);
            Write64(offset + 32, length);
            Write64(offset + 40, length);
            Write64(offset + 48, alignment);
        }

        void Entry(int index, long tag, long value)
        {
            Write64(dynamic + index * DynamicEntrySize, tag);
            Write64(dynamic + index * DynamicEntrySize + 8, value);
        }

        void Write16(int offset, short value) => BinaryPrimitives.WriteInt16LittleEndian(image.AsSpan(offset), value);

        void Write32(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(offset), value);

        void Write64(int offset, long value) => BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(offset), value);
    }
}
